//! Names of experiments: `{hpo|train}_{budget}_{task}[_h{H}][_{timescale}][_f{N}][_{variant}]`, optional parts left out at the
//! workspace's defaults only (F01, F37). A variant distinguishes what differs in no other part, such as the context.

use serde::{Deserialize, Serialize};

use crate::{budget::Budget, task::Task, timescale::Timescale};

/// The fields that a name encodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameFields<'a> {
    /// Whether it is a search.
    pub search: bool,
    /// Budget.
    pub budget: Budget,
    /// Task.
    pub task: Task,
    /// Horizon in trading days.
    pub horizon: u32,
    /// Timescale.
    pub timescale: Timescale,
    /// Number of features.
    pub n_features: usize,
    /// What distinguishes it from an experiment that is equal in all of these.
    pub variant: Option<&'a str>,
}

/// Longest variant.
pub const MAX_VARIANT: usize = 24;

/// Whether a text can end a name: lower-case letters and digits, a letter first, and nothing that looks like another part of a name.
pub fn is_variant(text: &str) -> bool {
    let part = |prefix: char| {
        text.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
    };
    text.len() <= MAX_VARIANT
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && !part('h')
        && !part('f')
        && Timescale::parse(text).is_none()
}

/// Values at which a name leaves a part out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameDefaults {
    /// Horizon in trading days.
    pub horizon: u32,
    /// Timescale.
    pub timescale: Timescale,
    /// Number of features.
    pub n_features: usize,
}

/// The one name of an experiment with these fields.
pub fn binary_name(fields: &NameFields<'_>, defaults: &NameDefaults) -> String {
    let kind = if fields.search { "hpo" } else { "train" };
    let mut name = format!("{kind}_{}_{}", fields.budget, fields.task);
    if fields.horizon != defaults.horizon {
        name.push_str(&format!("_h{}", fields.horizon));
    }
    if fields.timescale != defaults.timescale {
        name.push_str(&format!("_{}", fields.timescale));
    }
    if fields.n_features != defaults.n_features {
        name.push_str(&format!("_f{}", fields.n_features));
    }
    if let Some(variant) = fields.variant {
        name.push_str(&format!("_{variant}"));
    }
    name
}

/// A phase in its normal form: `phase` and a number, lower case, such as `phase6a`. `None` if it cannot be read so.
pub fn normal_phase(text: &str) -> Option<String> {
    let lower = text.trim().to_lowercase().replace([' ', '-', '_'], "");
    let rest = lower.strip_prefix("phase").unwrap_or(&lower);
    let (number, letter) = number_and_letter(rest)?;
    Some(format!("phase{number}{letter}"))
}

/// Number and letter of a phase in its normal form; the letter may be empty.
pub fn phase_parts(phase: &str) -> Option<(u16, &str)> {
    number_and_letter(phase.strip_prefix("phase")?)
}

fn number_and_letter(text: &str) -> Option<(u16, &str)> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let letter = text.get(digits.len()..)?;
    let is_phase = digits.starts_with(|c: char| c.is_ascii_digit()) && letter.len() <= 1;
    Some((digits.parse().ok().filter(|_| is_phase)?, letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_parts_appear_only_beside_the_defaults() {
        let defaults = NameDefaults {
            horizon: 5,
            timescale: Timescale::Daily,
            n_features: 20,
        };
        let fields = NameFields {
            search: true,
            budget: Budget::LARGEST,
            task: Task::Pct1,
            horizon: 5,
            timescale: Timescale::Daily,
            n_features: 20,
            variant: None,
        };
        assert_eq!(binary_name(&fields, &defaults), "hpo_999B_threshold_1pct");
        let other = NameFields {
            search: false,
            horizon: 3,
            timescale: Timescale::Weekly,
            n_features: 100,
            variant: Some("context60"),
            ..fields
        };
        assert_eq!(
            binary_name(&other, &defaults),
            "train_999B_threshold_1pct_h3_weekly_f100_context60"
        );
    }

    #[test]
    fn variants_cannot_be_taken_for_other_parts() {
        for (text, fits) in [
            ("context60", true),
            ("focal", true),
            ("h3", false),
            ("f100", false),
            ("weekly", false),
            ("2d", false),
            ("Focal", false),
            ("a_b", false),
            ("", false),
            ("averyveryverylongvariantname", false),
        ] {
            assert_eq!(is_variant(text), fits, "{text}");
        }
    }

    #[test]
    fn phases_have_one_form() {
        for text in ["phase6a", "6A", "Phase 6a", "phase_6A", "phase06a"] {
            assert_eq!(normal_phase(text).as_deref(), Some("phase6a"), "{text}");
        }
        assert_eq!(phase_parts("phase10"), Some((10, "")));
        assert_eq!(phase_parts("phase6a"), Some((6, "a")));
        for text in [
            "",
            "phase",
            "alpha",
            "6abc",
            "phasea6",
            "phase+6",
            "phase99999",
        ] {
            assert_eq!(normal_phase(text), None, "{text}");
        }
    }
}
