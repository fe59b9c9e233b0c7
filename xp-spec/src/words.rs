//! Macros for words of the experiment language that are defined with their meaning.

/// Modules of words, one constant each under its own name, with all of them and their meanings in order. `..path;` adds those of another
/// module, which a word of its own goes before.
macro_rules! vocabulary {
    ($(
        $(#[doc = $about:literal])+
        $section:ident {
            $( ..$($part:ident)::+; )*
            $( $(#[doc = $doc:literal])+ $key:ident, )+
        }
    )+) => { $(
        $(#[doc = $about])+
        pub mod $section {
            $( pub use $($part)::+::*; )*
            /// All of them, in the order of the documentation.
            pub const ALL: &[&str] = &[$(stringify!($key)),+];
            /// What each one means, in the same order.
            pub const ABOUT: &[&str] = &[$(concat!($($doc),+)),+];
            $(
                $(#[doc = $doc])+
                #[allow(non_upper_case_globals, reason = "named as experiments write it")]
                pub const $key: &str = stringify!($key);
            )+
        }
    )+ };
}

/// A choice of the language: an enum, its names in the order of messages, and a module of these words. A new value is one line.
macro_rules! choices {
    (
        $(#[$attribute:meta])+
        $section:ident: $choice:ident, default $default:ident {
            $( $(#[doc = $doc:literal])+ $name:ident => $value:ident, )+
        }
    ) => {
        $(#[$attribute])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $choice { $( $(#[doc = $doc])+ $value, )+ }

        impl $choice {
            /// All, by the names of the grammar.
            pub const ALL: [(&'static str, Self); $section::ALL.len()] =
                [$( (stringify!($name), Self::$value), )+];

            /// Its name in the grammar.
            pub fn name(self) -> &'static str {
                match self { $( Self::$value => stringify!($name), )+ }
            }
        }

        impl Default for $choice {
            fn default() -> Self {
                Self::$default
            }
        }

        vocabulary! {
            /// Names of the choice, each with what it means.
            $section { $( $(#[doc = $doc])+ $name, )+ }
        }
    };
}

#[cfg(test)]
mod tests {
    use crate::{baseline::Baseline, sampler::Sampler, training::Objective};

    #[test]
    fn a_choice_is_serialised_by_its_name() {
        for (name, value) in Sampler::ALL {
            assert_eq!(serde_json::to_value(value).ok(), Some(name.into()));
            assert_eq!(value.name(), name);
        }
        for (name, value) in Baseline::ALL {
            assert_eq!(serde_json::to_value(value).ok(), Some(name.into()));
        }
        for (name, value) in Objective::ALL {
            assert_eq!(serde_json::to_value(value).ok(), Some(name.into()));
        }
    }
}
