//! What stand-ins answer.

/// Jobs of three experiments in forms of old and new versions: one of another folder, one of another user, one that is not of the workspace.
pub(crate) const QUEUE: &str = r#"
{"job_id": 41, "array_job_id": 40, "array_task_id": 1, "name": "hpo_2M_threshold_1pct", "job_state": "RUNNING", "nodes": "n1", "restart_cnt": 2, HERE},
{"job_id": {"set": true, "number": 40}, "array_job_id": {"set": true, "number": 40}, "array_task_id": {"set": false, "number": 0},
 "array_task_string": "2-16%4", "name": "hpo_2M_threshold_1pct", "job_state": ["PENDING"], "state_reason": "Resources", HERE},
{"job_id": 50, "array_job_id": 50, "array_task_id": 1, "name": "train_2M_threshold_1pct", "job_state": "PENDING", "state_reason": "Dependency", HERE},
{"job_id": 60, "array_job_id": 60, "array_task_id": 1, "name": "hpo_2M_threshold_3pct", "job_state": "TIMEOUT", "nodes": "n2", HERE},
{"job_id": 70, "name": "hpo_2M_threshold_1pct", "job_state": "RUNNING", "user_id": 0, "current_working_directory": "/another/checkout"},
{"job_id": 71, "name": "hpo_2M_threshold_1pct", "job_state": "RUNNING", "nodes": "n9", "user_id": 4000000000, HERE_FOLDER},
{"job_id": 80, "name": "my own", "job_state": "RUNNING", HERE},
"nonsense"
"#;

/// What a binary says of its study.
pub(crate) const STUDY: &str = r#"{"name":"phase6a_hpo_2M_threshold_1pct","wanted":50,"states":{"complete":3,"pruned":4,"running":2,"fail":1,"nan":2,"out_of_memory":3,"timed_out":4},"running":[{"number":9,"host":"n1","pid":123,"job":"40_1","seconds_since_heartbeat":12.0},{"number":10,"host":null,"pid":4,"job":null,"seconds_since_heartbeat":null}],"trials_per_hour":12.5,"seconds_left":12600.0,"best":{"number":2,"value":0.61},"study":"postgresql://xp@db/xp"}"#;
