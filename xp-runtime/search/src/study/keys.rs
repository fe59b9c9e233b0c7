//! Keys of the attributes of studies and trials. They are part of the file format and never change.

/// User attribute of a trial that names its state where Optuna's five states do not.
pub(super) const OUTCOME: &str = "outcome";
/// User attribute of a trial with the message of its failure.
pub(super) const ERROR: &str = "error";
/// User attribute of a trial with the observation that its suggestion was based on.
pub(super) const OBSERVATION: &str = "saw";
/// User attribute of a copied trial that names its original.
pub(super) const CONTINUES: &str = "continues";
/// System attribute of a trial with the process that runs it.
pub(super) const OWNER: &str = "owner";
/// System attribute of a trial with how often its process was lost.
pub(super) const LOST: &str = "lost";

/// User attributes of a study: its identity.
pub(super) const SPEC_HASH: &str = "spec_hash";
pub(super) const DATA_MD5: &str = "data_md5";
pub(super) const SPACE: &str = "search_space";
pub(super) const SPEC: &str = "spec";
/// Optuna's system attribute of a study with the names of objectives.
pub(super) const METRIC_NAMES: &str = "study:metric_names";
