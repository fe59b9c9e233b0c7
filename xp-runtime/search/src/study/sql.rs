//! Every SQL text of the study, and nothing else: the schema that PyPI's optuna 5.0.0 creates, and the statements.

/// Version that Optuna 5 stamps on a file.
pub(super) const SCHEMA_VERSION: i64 = 12;
/// Library version that Optuna compares with the schema's.
pub(super) const LIBRARY_VERSION: &str = "5.0.0";

/// All tables and version rows, for an empty file.
pub(super) const CREATE: &str = r#"
CREATE TABLE studies (study_id INTEGER NOT NULL, study_name VARCHAR(512) NOT NULL, PRIMARY KEY (study_id));
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE TABLE version_info (version_info_id INTEGER NOT NULL, schema_version INTEGER, library_version VARCHAR(256),
    PRIMARY KEY (version_info_id), CHECK (version_info_id=1));
CREATE TABLE study_directions (study_direction_id INTEGER NOT NULL, direction VARCHAR(8) NOT NULL,
    study_id INTEGER NOT NULL, objective INTEGER NOT NULL, PRIMARY KEY (study_direction_id),
    UNIQUE (study_id, objective), FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE TABLE study_user_attributes (study_user_attribute_id INTEGER NOT NULL, study_id INTEGER, "key" VARCHAR(512),
    value_json TEXT, PRIMARY KEY (study_user_attribute_id), UNIQUE (study_id, "key"),
    FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE TABLE study_system_attributes (study_system_attribute_id INTEGER NOT NULL, study_id INTEGER, "key" VARCHAR(512),
    value_json TEXT, PRIMARY KEY (study_system_attribute_id), UNIQUE (study_id, "key"),
    FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE TABLE trials (trial_id INTEGER NOT NULL, number INTEGER, study_id INTEGER, state VARCHAR(8) NOT NULL,
    datetime_start DATETIME, datetime_complete DATETIME, PRIMARY KEY (trial_id),
    FOREIGN KEY(study_id) REFERENCES studies (study_id));
CREATE INDEX ix_trials_study_id ON trials (study_id);
CREATE TABLE trial_user_attributes (trial_user_attribute_id INTEGER NOT NULL, trial_id INTEGER, "key" VARCHAR(512),
    value_json TEXT, PRIMARY KEY (trial_user_attribute_id), UNIQUE (trial_id, "key"),
    FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_system_attributes (trial_system_attribute_id INTEGER NOT NULL, trial_id INTEGER, "key" VARCHAR(512),
    value_json TEXT, PRIMARY KEY (trial_system_attribute_id), UNIQUE (trial_id, "key"),
    FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_params (param_id INTEGER NOT NULL, trial_id INTEGER, param_name VARCHAR(512), param_value FLOAT,
    distribution_json TEXT, PRIMARY KEY (param_id), UNIQUE (trial_id, param_name),
    FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_values (trial_value_id INTEGER NOT NULL, trial_id INTEGER NOT NULL, objective INTEGER NOT NULL,
    value FLOAT, value_type VARCHAR(7) NOT NULL, PRIMARY KEY (trial_value_id), UNIQUE (trial_id, objective),
    FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_intermediate_values (trial_intermediate_value_id INTEGER NOT NULL, trial_id INTEGER NOT NULL,
    step INTEGER NOT NULL, intermediate_value FLOAT, intermediate_value_type VARCHAR(7) NOT NULL,
    PRIMARY KEY (trial_intermediate_value_id), UNIQUE (trial_id, step),
    FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE trial_heartbeats (trial_heartbeat_id INTEGER NOT NULL, trial_id INTEGER NOT NULL, heartbeat DATETIME NOT NULL,
    PRIMARY KEY (trial_heartbeat_id), UNIQUE (trial_id), FOREIGN KEY(trial_id) REFERENCES trials (trial_id));
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num));
INSERT INTO alembic_version VALUES ('v3.2.0.a');
"#;

pub(super) const INSERT_VERSION: &str = "INSERT INTO version_info VALUES (1, ?1, ?2)";
pub(super) const SELECT_VERSION: &str = "SELECT schema_version FROM version_info";
pub(super) const SELECT_TABLES: &str =
    "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
pub(super) const CHECK: &str = "PRAGMA quick_check(1)";

pub(super) const INSERT_STUDY: &str = "INSERT INTO studies (study_name) VALUES (?1)";
pub(super) const INSERT_DIRECTION: &str =
    "INSERT INTO study_directions (direction, study_id, objective) VALUES (?1, ?2, 0)";
pub(super) const SELECT_STUDIES: &str =
    "SELECT study_id, study_name FROM studies ORDER BY study_id";
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
pub(super) const INSERT_TRIAL: &str =
    "INSERT INTO trials (number, study_id, state, datetime_start) VALUES (?1, ?2, 'RUNNING', ?3)";
/// A finished trial of another study.
pub(super) const INSERT_FINISHED: &str = "INSERT INTO trials (number, study_id, state, datetime_start, datetime_complete) VALUES (?1, ?2, ?3, ?4, ?5)";
pub(super) const SELECT_TIMES: &str =
    "SELECT state, datetime_start, datetime_complete FROM trials WHERE trial_id = ?1";
pub(super) const INSERT_PARAMETER: &str = "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?1, ?2, ?3, ?4)";
pub(super) const SELECT_TRIAL: &str =
    "SELECT trial_id, state FROM trials WHERE study_id = ?1 AND number = ?2";
pub(super) const SELECT_TRIALS: &str = "SELECT trial_id, number, state FROM trials WHERE study_id = ?1 AND number >= ?2 ORDER BY number";
pub(super) const SELECT_RUNNING: &str =
    "SELECT trial_id, number FROM trials WHERE study_id = ?1 AND state = 'RUNNING' ORDER BY number";
pub(super) const RESTART_TRIAL: &str =
    "UPDATE trials SET state = 'RUNNING', datetime_complete = NULL WHERE trial_id = ?1";
pub(super) const END_TRIAL: &str =
    "UPDATE trials SET state = ?2, datetime_complete = ?3 WHERE trial_id = ?1";
pub(super) const PUT_INTERMEDIATE: &str = "INSERT INTO trial_intermediate_values
    (trial_id, step, intermediate_value, intermediate_value_type) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (trial_id, step) DO UPDATE SET intermediate_value = excluded.intermediate_value,
    intermediate_value_type = excluded.intermediate_value_type";
pub(super) const PUT_VALUE: &str = "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?1, 0, ?2, 'FINITE')
    ON CONFLICT (trial_id, objective) DO UPDATE SET value = excluded.value, value_type = excluded.value_type";
pub(super) const SELECT_PARAMETERS: &str =
    "SELECT param_name, param_value, distribution_json FROM trial_params WHERE trial_id = ?1";
pub(super) const SELECT_VALUE: &str =
    "SELECT value, value_type FROM trial_values WHERE trial_id = ?1 AND objective = 0";
pub(super) const SELECT_INTERMEDIATE: &str =
    "SELECT step, intermediate_value, intermediate_value_type
    FROM trial_intermediate_values WHERE trial_id = ?1 ORDER BY step";
pub(super) const PUT_ATTRIBUTE: &str =
    "INSERT INTO trial_user_attributes (trial_id, \"key\", value_json) VALUES (?1, ?2, ?3)
    ON CONFLICT (trial_id, \"key\") DO UPDATE SET value_json = excluded.value_json";
pub(super) const DELETE_ATTRIBUTE: &str =
    "DELETE FROM trial_user_attributes WHERE trial_id = ?1 AND \"key\" = ?2";
pub(super) const SELECT_ATTRIBUTES: &str = "SELECT \"key\", value_json FROM trial_user_attributes WHERE trial_id = ?1 ORDER BY trial_user_attribute_id";
pub(super) const SELECT_ATTRIBUTE: &str =
    "SELECT value_json FROM trial_user_attributes WHERE trial_id = ?1 AND \"key\" = ?2";
pub(super) const PUT_SYSTEM_ATTRIBUTE: &str =
    "INSERT INTO trial_system_attributes (trial_id, \"key\", value_json) VALUES (?1, ?2, ?3)
    ON CONFLICT (trial_id, \"key\") DO UPDATE SET value_json = excluded.value_json";
pub(super) const SELECT_SYSTEM_ATTRIBUTE: &str =
    "SELECT value_json FROM trial_system_attributes WHERE trial_id = ?1 AND \"key\" = ?2";
pub(super) const PUT_HEARTBEAT: &str =
    "INSERT INTO trial_heartbeats (trial_id, heartbeat) VALUES (?1, ?2)
    ON CONFLICT (trial_id) DO UPDATE SET heartbeat = excluded.heartbeat";
/// The last heartbeat of a trial, or else its start.
pub(super) const SELECT_LAST_HEARTBEAT: &str = "SELECT COALESCE(
    (SELECT MAX(heartbeat) FROM trial_heartbeats WHERE trial_id = ?1), datetime_start) FROM trials WHERE trial_id = ?1";
