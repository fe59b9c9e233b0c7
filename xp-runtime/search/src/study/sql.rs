//! Every SQL text that SQLite and PostgreSQL share: statements on the schema that PyPI's optuna 5.0.0 creates. `:ids` are the rows of the
//! first value, a list of ids, and `:steps` rows of an `id` and a `step`, of the first two values. The tables are created in `sqlite` and `postgres`.

/// Version that Optuna 5 stamps on a database.
pub(super) const SCHEMA_VERSION: i64 = 12;
/// Library version that Optuna compares with the schema's.
pub(super) const LIBRARY_VERSION: &str = "5.0.0";

pub(super) const INSERT_VERSION: &str = "INSERT INTO version_info VALUES (1, ?1, ?2)";
pub(super) const INSERT_REVISION: &str = "INSERT INTO alembic_version VALUES ('v3.2.0.a')";
pub(super) const SELECT_VERSION: &str = "SELECT schema_version FROM version_info";

pub(super) const INSERT_STUDY: &str =
    "INSERT INTO studies (study_name) VALUES (?1) RETURNING study_id";
pub(super) const INSERT_DIRECTION: &str =
    "INSERT INTO study_directions (direction, study_id, objective) VALUES (?1, ?2, 0)";
pub(super) const SELECT_STUDIES: &str =
    "SELECT study_id, study_name FROM studies ORDER BY study_id";
pub(super) const SELECT_STUDY: &str = "SELECT study_id FROM studies WHERE study_name = ?1";
pub(super) const SELECT_DIRECTION: &str =
    "SELECT direction FROM study_directions WHERE study_id = ?1 ORDER BY objective";
pub(super) const PUT_STUDY_ATTRIBUTE: &str =
    "INSERT INTO study_user_attributes (study_id, \"key\", value_json) VALUES (?1, ?2, ?3)";
pub(super) const PUT_STUDY_SYSTEM_ATTRIBUTE: &str =
    "INSERT INTO study_system_attributes (study_id, \"key\", value_json) VALUES (?1, ?2, ?3)";
pub(super) const SELECT_STUDY_ATTRIBUTE: &str =
    "SELECT value_json FROM study_user_attributes WHERE study_id = ?1 AND \"key\" = ?2";
pub(super) const SELECT_STUDY_SYSTEM_ATTRIBUTE: &str =
    "SELECT value_json FROM study_system_attributes WHERE study_id = ?1 AND \"key\" = ?2";

pub(super) const NEXT_NUMBER: &str = "SELECT COUNT(*) FROM trials WHERE study_id = ?1";
pub(super) const INSERT_TRIAL: &str = "INSERT INTO trials (number, study_id, state, datetime_start) VALUES (?1, ?2, 'RUNNING', ?3) RETURNING trial_id";
/// A finished trial of another study.
pub(super) const INSERT_FINISHED: &str = "INSERT INTO trials (number, study_id, state, datetime_start, datetime_complete) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING trial_id";
pub(super) const SELECT_TIMES: &str =
    "SELECT state, datetime_start, datetime_complete FROM trials WHERE trial_id = ?1";
pub(super) const RESTART_TRIAL: &str =
    "UPDATE trials SET state = 'RUNNING', datetime_complete = NULL WHERE trial_id = ?1";
pub(super) const END_TRIAL: &str =
    "UPDATE trials SET state = ?2, datetime_complete = ?3 WHERE trial_id = ?1";

pub(super) const SELECT_TRIAL_ID: &str =
    "SELECT trial_id FROM trials WHERE study_id = ?1 AND number = ?2";
/// Trials of the list and those that came after one, in the order of their numbers, which is that of their ids. State and outcome are read by
/// one statement: of two, the second may see what the first does not.
pub(super) const SELECT_TRIALS: &str = "SELECT t.trial_id, t.number, t.state, CASE WHEN t.state = 'FAIL' THEN
    (SELECT o.value_json FROM trial_user_attributes o WHERE o.trial_id = t.trial_id AND o.\"key\" = 'outcome') END FROM trials t WHERE t.trial_id IN (:ids)
    UNION ALL SELECT t.trial_id, t.number, t.state, CASE WHEN t.state = 'FAIL' THEN
    (SELECT o.value_json FROM trial_user_attributes o WHERE o.trial_id = t.trial_id AND o.\"key\" = 'outcome') END FROM trials t WHERE t.study_id = ?2 AND t.trial_id > ?3 ORDER BY trial_id";
/// State, outcome and owner of a trial; `:lock` lets other transactions wait that would change it.
pub(super) const SELECT_HOLDER: &str = "SELECT t.state, CASE WHEN t.state = 'FAIL' THEN
    (SELECT o.value_json FROM trial_user_attributes o WHERE o.trial_id = t.trial_id AND o.\"key\" = 'outcome') END, a.value_json FROM trials t
    LEFT JOIN trial_system_attributes a ON a.trial_id = t.trial_id AND a.\"key\" = ?2 WHERE t.trial_id = ?1 :lock";
/// Running trials with their owners, their last heartbeats, or else their starts, and the ages of these.
pub(super) const SELECT_RUNNING: &str = "SELECT t.trial_id, t.number, a.value_json,
    COALESCE((SELECT MAX(heartbeat) FROM trial_heartbeats h WHERE h.trial_id = t.trial_id), t.datetime_start), :age FROM trials t
    LEFT JOIN trial_system_attributes a ON a.trial_id = t.trial_id AND a.\"key\" = ?2
    WHERE t.study_id = ?1 AND t.state = 'RUNNING' ORDER BY t.trial_id";
/// All that is stored of trials, in any order: rows of their curves have a step, parameters a name, and values neither.
pub(super) const SELECT_DETAILS: &str = "SELECT trial_id, step, intermediate_value, CAST(intermediate_value_type AS TEXT), CAST(NULL AS TEXT)
    FROM trial_intermediate_values WHERE trial_id IN (:ids)
    UNION ALL SELECT trial_id, NULL, value, CAST(value_type AS TEXT), NULL FROM trial_values WHERE trial_id IN (:ids) AND objective = 0
    UNION ALL SELECT trial_id, NULL, param_value, distribution_json, CAST(param_name AS TEXT) FROM trial_params WHERE trial_id IN (:ids)";
/// What has come to curves after the step that is known of each.
pub(super) const SELECT_GROWN: &str = "SELECT v.trial_id, v.step, v.intermediate_value, v.intermediate_value_type
    FROM (:steps) AS known JOIN trial_intermediate_values v ON v.trial_id = known.id AND v.step > known.step
    ORDER BY v.trial_id, v.step";
pub(super) const SELECT_INTERMEDIATE: &str =
    "SELECT trial_id, step, intermediate_value, intermediate_value_type
    FROM trial_intermediate_values WHERE trial_id IN (:ids) ORDER BY trial_id, step";
/// A user attribute of all trials of a study that have it.
pub(super) const SELECT_VALUES_OF_KEY: &str =
    "SELECT a.value_json FROM trial_user_attributes a JOIN trials t ON t.trial_id = a.trial_id
    WHERE t.study_id = ?1 AND a.\"key\" = ?2";
pub(super) const SELECT_ATTRIBUTES: &str = "SELECT \"key\", value_json FROM trial_user_attributes WHERE trial_id = ?1 ORDER BY trial_user_attribute_id";

pub(super) const INSERT_PARAMETERS: &str =
    "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES ";
pub(super) const PUT_ATTRIBUTES: (&str, &str) = (
    "INSERT INTO trial_user_attributes (trial_id, \"key\", value_json) VALUES ",
    " ON CONFLICT (trial_id, \"key\") DO UPDATE SET value_json = excluded.value_json",
);
pub(super) const DELETE_ATTRIBUTE: &str =
    "DELETE FROM trial_user_attributes WHERE trial_id = ?1 AND \"key\" = ?2";
pub(super) const PUT_SYSTEM_ATTRIBUTE: &str =
    "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) VALUES (?1, ?2, ?3)
    ON CONFLICT (trial_id, \"key\") DO UPDATE SET value_json = excluded.value_json";
pub(super) const SELECT_SYSTEM_ATTRIBUTE: &str =
    "SELECT value_json FROM trial_system_attributes WHERE trial_id = ?1 AND \"key\" = ?2";
pub(super) const PUT_INTERMEDIATE: &str = "INSERT INTO trial_intermediate_values
    (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (trial_id, step) DO UPDATE SET intermediate_value = excluded.intermediate_value,
    intermediate_value_type = excluded.intermediate_value_type";
pub(super) const PUT_VALUE: &str = "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?1, 0, ?2, 'FINITE')
    ON CONFLICT (trial_id, objective) DO UPDATE SET value = excluded.value, value_type = excluded.value_type";
pub(super) const PUT_HEARTBEAT: &str =
    "INSERT INTO trial_heartbeats (trial_id, heartbeat) VALUES (?1, ?2)
    ON CONFLICT (trial_id) DO UPDATE SET heartbeat = excluded.heartbeat";
