//! The parameter budgets of the scaling question: any nominal number of parameters. A workspace has those that it has a model configuration
//! of, which `files` lists.

use serde::{Deserialize, Serialize};

/// A nominal number of trainable parameters, a whole number of thousands: `600K`, `2M`, `1500K`, `2B`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Budget {
    nominal: u64,
}

/// Units, the largest first.
const UNITS: [(char, u64); 3] = [('B', 1_000_000_000), ('M', 1_000_000), ('K', 1_000)];
/// Largest number before a unit.
const MOST: u64 = 99_999;

/// Why a text is not a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BudgetFault {
    /// It is not a whole number with a unit.
    Form,
    /// It is below [`Budget::SMALLEST`] or above [`Budget::LARGEST`].
    Bounds,
    /// A budget has one spelling: this one's is another.
    Spelling(Budget),
}

impl Budget {
    /// 1 thousand.
    pub const SMALLEST: Self = Self { nominal: 1_000 };
    /// 999 billion.
    pub const LARGEST: Self = Self {
        nominal: 999_000_000_000,
    };

    /// Share of the nominal count by which an exact count may differ.
    pub const TOLERANCE: f64 = 0.25;

    /// Nominal number of trainable parameters.
    pub fn nominal(self) -> u64 {
        self.nominal
    }

    /// The budget of that name: the shortest spelling, with the largest unit that leaves a whole number.
    pub fn parse(name: &str) -> Result<Self, BudgetFault> {
        let found = UNITS.into_iter().find_map(|(letter, unit)| {
            let digits = name.strip_suffix(letter)?;
            let plain = digits.chars().all(|c| c.is_ascii_digit());
            let number: u64 = digits.parse().ok().filter(|_| plain)?;
            Some((number, unit))
        });
        let (number, unit) = found.ok_or(BudgetFault::Form)?;
        let budget = Self {
            nominal: number.saturating_mul(unit),
        };
        if number > MOST || !(Self::SMALLEST..=Self::LARGEST).contains(&budget) {
            return Err(BudgetFault::Bounds);
        }
        if budget.to_string() == name {
            Ok(budget)
        } else {
            Err(BudgetFault::Spelling(budget))
        }
    }

    /// Smallest and largest count within `tolerance` (a share, such as 0.25) of the nominal one.
    pub fn range(self, tolerance: f64) -> (u64, u64) {
        let nominal = self.nominal as f64;
        (
            (nominal * (1.0 - tolerance)).ceil() as u64,
            (nominal * (1.0 + tolerance)).floor() as u64,
        )
    }

    /// Path of the model configuration, relative to the workspace: the budget in lower case.
    pub fn config_path(self) -> String {
        format!(
            "{CONFIGS}/{PREFIX}{}{SUFFIX}",
            self.to_string().to_lowercase()
        )
    }

    /// The budget of a model configuration by its file's name.
    pub fn of_config(file_name: &str) -> Option<Self> {
        let word = file_name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
        let budget = Self::parse(&word.to_uppercase()).ok()?;
        (word == budget.to_string().to_lowercase()).then_some(budget)
    }
}

/// Folder of the model configurations, relative to the workspace.
pub const CONFIGS: &str = "configs/model";
const PREFIX: &str = "patchtst_";
const SUFFIX: &str = ".yaml";

impl std::fmt::Display for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let unit = UNITS
            .into_iter()
            .find(|(_, unit)| self.nominal.is_multiple_of(*unit));
        let (letter, unit) = unit.unwrap_or(('K', 1_000));
        f.pad(&format!("{}{letter}", self.nominal / unit))
    }
}

impl std::fmt::Display for BudgetFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Form => write!(
                f,
                "a budget is a whole number and `K`, `M` or `B`, such as `600K` or `2M`"
            ),
            Self::Bounds => write!(
                f,
                "a budget is from {} to {}, its number at most {MOST}",
                Budget::SMALLEST,
                Budget::LARGEST
            ),
            Self::Spelling(budget) => write!(f, "it is written `{budget}`"),
        }
    }
}

impl TryFrom<String> for Budget {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::parse(&name).map_err(|fault| format!("`{name}` is not a budget: {fault}"))
    }
}

impl From<Budget> for String {
    fn from(budget: Budget) -> Self {
        budget.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_has_one_spelling() {
        for (name, expected) in [
            ("2M", Ok(2_000_000)),
            ("600K", Ok(600_000)),
            ("1500K", Ok(1_500_000)),
            ("2B", Ok(2_000_000_000)),
            ("999B", Ok(999_000_000_000)),
            ("1K", Ok(1_000)),
            ("2000K", Err("it is written `2M`")),
            ("02M", Err("it is written `2M`")),
            ("1000M", Err("it is written `1B`")),
            ("0K", Err("from 1K to 999B")),
            ("1000B", Err("from 1K to 999B")),
            ("123456K", Err("at most 99999")),
            ("99999999999999999999B", Err("whole number")),
            ("+2M", Err("whole number")),
            ("2m", Err("whole number")),
            ("2.5M", Err("whole number")),
            ("M", Err("whole number")),
            ("", Err("whole number")),
        ] {
            match (Budget::parse(name), expected) {
                (Ok(budget), Ok(nominal)) => {
                    assert_eq!(budget.nominal(), nominal, "{name}");
                    let json = serde_json::to_string(&budget).unwrap_or_default();
                    assert_eq!(json, format!("\"{name}\""));
                    assert_eq!(serde_json::from_str(&json).ok(), Some(budget));
                }
                (Err(fault), Err(part)) => {
                    assert!(fault.to_string().contains(part), "{name}: {fault}");
                }
                (found, _) => assert!(found.is_err() && expected.is_err(), "{name}: {found:?}"),
            }
        }
    }

    #[test]
    fn a_configuration_is_named_by_its_budget_in_lower_case() {
        for (file, budget) in [
            ("patchtst_600k.yaml", Some("600K")),
            ("patchtst_2b.yaml", Some("2B")),
            ("patchtst_2B.yaml", None),
            ("patchtst_2000k.yaml", None),
            ("patchtst_.yaml", None),
            (".patchtst_2m.yaml.swp", None),
        ] {
            let found = Budget::of_config(file).map(|budget| budget.to_string());
            assert_eq!(found.as_deref(), budget, "{file}");
        }
        let path = Budget::parse("600K").map(Budget::config_path);
        assert_eq!(path.as_deref(), Ok("configs/model/patchtst_600k.yaml"));
    }
}
