//! `configs/cluster.yaml`: what the site's cluster needs, and where studies are that several machines work on. All of it may be absent.

use serde::Deserialize;

use crate::{
    slurm::{check_name, check_options},
    study_url::check_study_url,
};

/// `configs/cluster.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cluster {
    /// Database of the studies.
    pub study: Option<StudyUrl>,
    /// What jobs of Slurm are submitted with.
    pub slurm: Option<Slurm>,
}

/// What jobs of Slurm are submitted with, where the command line says nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Slurm {
    /// Partition.
    pub partition: Option<Name>,
    /// Account.
    pub account: Option<Name>,
    /// Modules to load.
    pub modules: Option<Vec<Name>>,
    /// Command that runs another one in a container.
    pub container: Option<Words>,
    /// Further options of `sbatch`.
    pub options: Option<Options>,
    /// Further lines of the script, verbatim.
    pub setup: Option<Vec<Line>>,
}

/// Address of a database, without a password.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct StudyUrl(pub String);

/// Name of a partition, an account or a module.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Name(pub String);

/// Words of a command, split as a shell does it, without variables and patterns.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Words(pub Vec<String>);

/// Options of `sbatch`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Vec<String>")]
pub struct Options(pub Vec<String>);

/// Text of a script.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Line(pub String);

impl TryFrom<String> for StudyUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        check_study_url(&text).map(|()| Self(text))
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        check_name(&text).map(|()| Self(text))
    }
}

impl TryFrom<String> for Words {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.chars().any(char::is_control) {
            return Err("a command is one line".to_owned());
        }
        match shlex::split(&text) {
            Some(words) if !words.is_empty() => Ok(Self(words)),
            Some(_) => Err("the command has no words; leave the key out".to_owned()),
            None => Err("the command has a quote that nothing closes".to_owned()),
        }
    }
}

impl TryFrom<Vec<String>> for Options {
    type Error = String;

    fn try_from(options: Vec<String>) -> Result<Self, String> {
        check_options(&options).map(|()| Self(options))
    }
}

impl TryFrom<String> for Line {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_wrong = |c: char| c.is_control() && c != '\n' && c != '\t';
        if text.chars().any(is_wrong) {
            return Err("the line has control characters".to_owned());
        }
        Ok(Self(text))
    }
}
