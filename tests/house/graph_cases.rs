//! The graph of files, on crates of a few lines: expected imports and circles.

use crate::graph::{Circle, Sources, graph, read};

struct Case {
    name: &'static str,
    /// Files with their texts; the first is the root.
    files: &'static [(&'static str, &'static str)],
    /// Imports as `from -> to (items)`.
    imports: &'static [&'static str],
    /// The circles, as displayed.
    circles: &'static [&'static str],
}

fn analyse(files: &[(&str, &str)]) -> Result<(Vec<String>, Vec<Circle>), String> {
    let sources: Sources = files
        .iter()
        .map(|(path, text)| ((*path).to_owned(), (*text).to_owned()))
        .collect();
    let graph = graph(&read(&sources, files[0].0)?)?;
    let imports = graph.imports().map(|(from, to, items)| {
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        format!("{from} -> {to} ({})", items.join(", "))
    });
    let mut imports: Vec<String> = imports.collect();
    imports.sort();
    Ok((imports, graph.circles()))
}

const CASES: &[Case] = &[
    Case {
        name: "a direct circle",
        files: &[
            ("lib.rs", "mod a; mod b;"),
            ("a.rs", "use crate::b::B; pub struct A(B);"),
            ("b.rs", "pub struct B; fn f(_: crate::a::A) {}"),
        ],
        imports: &["a.rs -> b.rs (B)", "b.rs -> a.rs (A)"],
        circles: &["a.rs -> b.rs (B) -> a.rs (A)"],
    },
    Case {
        name: "two circles that meet",
        files: &[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "pub const A: u8 = crate::b::B;"),
            (
                "b.rs",
                "use crate::{a, c::{C, D}}; pub const B: u8 = a::A + C + D;",
            ),
            (
                "c.rs",
                "pub const C: u8 = 1; pub const D: u8 = super::b::B;",
            ),
        ],
        imports: &[
            "a.rs -> b.rs (B)",
            "b.rs -> a.rs (A, a)",
            "b.rs -> c.rs (C, D)",
            "c.rs -> b.rs (B)",
        ],
        circles: &[
            "a.rs -> b.rs (B) -> a.rs (A, a); 3 files import from each other so: a.rs, b.rs, c.rs",
        ],
    },
    Case {
        name: "a table of contents and a chain are no circles",
        files: &[
            ("lib.rs", "pub mod stages; pub use stages::{fit, Model};"),
            (
                "stages/mod.rs",
                "mod fit; mod model; pub use self::{fit::fit, model::*};",
            ),
            (
                "stages/fit.rs",
                "use super::Model; pub fn fit(_: &Model) {}",
            ),
            ("stages/model.rs", "pub struct Model;"),
        ],
        imports: &["stages/fit.rs -> stages/model.rs (Model)"],
        circles: &[],
    },
    Case {
        name: "a circle through a re-export, under another name",
        files: &[
            ("lib.rs", "mod a; mod b; pub use a::A as Renamed;"),
            ("a.rs", "pub struct A; impl A { fn f() { crate::b::f() } }"),
            ("b.rs", "pub fn f() { let _ = crate::Renamed; }"),
        ],
        imports: &["a.rs -> b.rs (f)", "b.rs -> a.rs (A)"],
        circles: &["a.rs -> b.rs (f) -> a.rs (A)"],
    },
    Case {
        name: "a circle of parent and child, by a bare module and by super",
        files: &[
            ("main.rs", "mod parent; fn main() { parent::start() }"),
            (
                "parent.rs",
                "mod child; pub struct Run; pub fn start() { child::go(&Run) }",
            ),
            ("parent/child.rs", "pub fn go(_: &super::Run) {}"),
        ],
        imports: &[
            "main.rs -> parent.rs (start)",
            "parent.rs -> parent/child.rs (go)",
            "parent/child.rs -> parent.rs (Run)",
        ],
        circles: &["parent.rs -> parent/child.rs (go) -> parent.rs (Run)"],
    },
    Case {
        name: "an item that a parent re-exports and uses itself is imported",
        files: &[
            ("lib.rs", "mod child; pub use child::{Child, make}; fn g() {} fn f() -> Child { make() }"),
            ("child.rs", "pub struct Child; pub fn make() -> Child { crate::g(); Child }"),
        ],
        imports: &["child.rs -> lib.rs (g)", "lib.rs -> child.rs (Child, make)"],
        circles: &["child.rs -> lib.rs (g) -> child.rs (Child, make)"],
    },
    Case {
        name: "globs",
        files: &[
            ("lib.rs", "mod a; mod b; mod c;"),
            ("a.rs", "use crate::b::*; pub fn f() -> B { made() }"),
            ("b.rs", "pub use crate::c::made; pub struct B; fn g() { use crate::a::*; f(); }"),
            ("c.rs", "pub fn made() -> ! { loop {} }"),
        ],
        imports: &[
            "a.rs -> b.rs (B, b)",
            "a.rs -> c.rs (made)",
            "b.rs -> a.rs (a, f)",
        ],
        circles: &["a.rs -> b.rs (B, b) -> a.rs (a, f)"],
    },
    Case {
        name: "tests do not count",
        files: &[
            ("lib.rs", "mod a; mod b; #[cfg(test)] mod shared;"),
            (
                "a.rs",
                "pub struct A; #[cfg(test)] use crate::b::B;
                #[cfg(test)] mod tests { use super::*; use crate::b::B; }
                impl A { #[cfg(all(test, unix))] fn f(_: crate::b::B) {} }",
            ),
            (
                "b.rs",
                "use crate::a::A; pub struct B { a: A, #[cfg(test)] s: crate::shared::S }",
            ),
            ("shared.rs", "pub struct S(crate::a::A, crate::b::B);"),
        ],
        imports: &["b.rs -> a.rs (A)"],
        circles: &[],
    },
    Case {
        name: "tokens of macros",
        files: &[
            ("lib.rs", "mod a; mod b; mod c; mod d; mod e;"),
            (
                "a.rs",
                "use crate::{b, c}; fn f() { println!(\"{} {}\", b::one(), vec![super::c::Two { x: 1 }][0].x); }
                fn g() -> bool { matches!(0, crate::d::THREE) && quote!(crate::e::E, #x) }",
            ),
            ("b.rs", "pub use crate::e::E; pub fn one() -> E { json!({ \"e\": E }) }"),
            ("c.rs", "pub struct Two; fn other(e: u8) { dbg!(e.d::<u8>(), std::d::x, ::d::y, e != 1) }"),
            ("d.rs", "pub const THREE: u8 = 3;"),
            ("e.rs", "pub struct E;"),
        ],
        imports: &[
            "a.rs -> b.rs (b, one)",
            "a.rs -> c.rs (Two, c)",
            "a.rs -> d.rs (THREE)",
            "b.rs -> e.rs (E)",
        ],
        circles: &[],
    },
    Case {
        name: "macros of the crate, by text and by path, and what they declare",
        files: &[
            (
                "main.rs",
                "macro_rules! say { ($($t:tt)*) => { $crate::out::line($($t)*) } } mod list; mod out; mod wide; use list::list;",
            ),
            ("list.rs", "use crate::wide::sum; pub fn list() { say!(sum()); }"),
            ("out.rs", "pub fn line(_: u8) {}"),
            (
                "wide.rs",
                "macro_rules! wide { ($i:item) => { $i } } wide! { pub fn sum() -> u8 { super::out::line(1); 1 } }",
            ),
        ],
        imports: &[
            "list.rs -> main.rs (say)",
            "list.rs -> wide.rs (sum)",
            "main.rs -> list.rs (list)",
            "main.rs -> out.rs (line)",
            "wide.rs -> out.rs (line)",
        ],
        circles: &["list.rs -> main.rs (say) -> list.rs (list)"],
    },
    Case {
        name: "names that are modules, functions, variables or another crate's",
        files: &[
            ("lib.rs", "mod build; mod fit; mod serde; pub use build::build; pub use fit::fit; fn std(fit: u8) -> u8 { std::mem::take(fit) }"),
            ("build.rs", "use crate::fit::{self, Fit}; pub fn build() -> Fit { fit::fit(1) }"),
            ("fit.rs", "use ::serde::Serialize; pub type Fit = u8; pub fn fit(fit: u8) -> Fit { let build = fit; build }"),
            ("serde.rs", "pub struct Serialize; impl std::fmt::Debug for Serialize { fn fmt(&self) { let fit: Vec<u8> = Vec::new(); } }"),
        ],
        imports: &["build.rs -> fit.rs (Fit, fit)"],
        circles: &[],
    },
    Case {
        name: "variants, associated items, patterns, bounds, traits and attributes",
        files: &[
            ("lib.rs", "mod kind; mod limit; mod user; mod text; mod marks;"),
            ("kind.rs", "pub enum Kind { A, B } pub trait Named { const N: u8; fn new() -> Self; }"),
            ("limit.rs", "pub const LIMIT: u8 = 2; pub mod inner { pub fn deep() {} }"),
            ("text.rs", "pub fn read() {}"),
            ("marks.rs", "pub trait Marked { fn mark(&self) {} }"),
            (
                "user.rs",
                "use crate::kind::Kind::{self, A}; use crate::marks::Marked as _;
                fn f<T: crate::kind::Named>(kind: Kind, n: u8) -> T {
                    use crate::limit::{self, LIMIT};
                    limit::inner::deep();
                    match (kind, n) { (A, LIMIT) => T::new(), _ => <T as crate::kind::Named>::new() }
                }
                #[derive(Deserialize)] struct S { #[serde(default, with = \"crate::text\")] s: u8 }",
            ),
        ],
        imports: &[
            "user.rs -> kind.rs (Kind, Named)",
            "user.rs -> limit.rs (LIMIT, deep, limit)",
            "user.rs -> marks.rs (Marked)",
            "user.rs -> text.rs (text)",
        ],
        circles: &[],
    },
    Case {
        name: "files that are named, and modules in a file",
        files: &[
            ("lib.rs", "#[path = \"parts/other.rs\"] mod named; mod inline { mod below; pub use below::B; pub fn g() { super::named::f() } }"),
            ("parts/other.rs", "mod beside; pub fn f() { crate::inline::g(); self::beside::b() }"),
            ("parts/beside.rs", "pub fn b() {}"),
            ("inline/below.rs", "pub struct B; fn f() { super::g(); super::super::named::f() }"),
        ],
        imports: &[
            "inline/below.rs -> lib.rs (g)",
            "inline/below.rs -> parts/other.rs (f)",
            "lib.rs -> parts/other.rs (f)",
            "parts/other.rs -> lib.rs (g)",
            "parts/other.rs -> parts/beside.rs (b)",
        ],
        circles: &["lib.rs -> parts/other.rs (f) -> lib.rs (g)"],
    },
];

#[test]
fn imports_and_circles_of_small_crates() {
    for case in CASES {
        let (imports, circles) = analyse(case.files).unwrap();
        assert_eq!(imports, case.imports, "{}", case.name);
        let circles: Vec<String> = circles.iter().map(ToString::to_string).collect();
        assert_eq!(circles, case.circles, "{}", case.name);
    }
}

#[test]
fn unreadable_and_unresolved_code_is_reported() {
    let absent = analyse(&[("lib.rs", "mod a;")]);
    assert_eq!(absent.unwrap_err(), "a.rs is absent");
    let unresolved = analyse(&[("lib.rs", "mod a; use a::b;"), ("a.rs", "")]);
    assert_eq!(unresolved.unwrap_err(), "lib.rs: a::b cannot be resolved");
    let wrong = analyse(&[("lib.rs", "mod;")]).unwrap_err();
    assert!(wrong.starts_with("lib.rs: expected identifier"), "{wrong}");
}
