//! Expansion: tracked files, one `static SPEC`, and a `main` that names the stages. It cannot fail.

use proc_macro2::TokenStream;
use quote::quote;
use xp_spec::{experiment::Run, hash::md5_hex};

use crate::{checked::Checked, diagnostic::Diagnostic, finding::Finding, source::Source};

/// The expansion of a valid experiment.
pub(crate) fn experiment(
    checked: &Checked,
    source: &Source,
    mentions: &TokenStream,
) -> TokenStream {
    let root = source.workspace.root().to_string_lossy();
    let files: Vec<&String> = checked
        .files
        .iter()
        .chain(checked.borrowed.iter().map(|search| &search.file))
        .collect();
    let tracked = files.iter().map(|file| {
        let path = source.workspace.root().join(file);
        let path = path.to_string_lossy();
        quote!(
            const _: &[u8] = ::core::include_bytes!(#path);
        )
    });
    let hash = &checked.hash;
    let file = source.relative_file();
    // The compiler goes by the times of files; the binary goes by what is in them.
    let inputs = files.iter().copied().chain([&file]).map(|path| {
        let bytes = std::fs::read(source.workspace.root().join(path));
        let md5 = md5_hex(&bytes.unwrap_or_default());
        quote!(::xp_runtime::Input { path: #path, md5: #md5 })
    });
    let json = json_literal(checked);
    let sources = checked.borrowed.iter().map(|search| {
        let (binary, experiment, hash) = (&search.binary, &search.experiment, &search.hash);
        quote!(::xp_runtime::Borrowed { binary: #binary, experiment: #experiment, hash: #hash })
    });
    let findings = checked.findings.iter().map(|finding| {
        let (lint, message) = (finding.lint, finding.message());
        let reason = match &finding.reason {
            Some(reason) => quote!(::core::option::Option::Some(#reason)),
            None => quote!(::core::option::Option::None),
        };
        quote!(::xp_runtime::Finding { lint: #lint, message: #message, reason: #reason })
    });
    let warnings = checked.findings.iter().filter_map(Finding::to_warning);
    let work = match checked.experiment.run {
        Run::Hpo(_) => quote!(search),
        Run::Train(_) => quote!(train),
    };
    quote! {
        #(#tracked)*

        static SPEC: ::xp_runtime::Spec = ::xp_runtime::Spec {
            hash: #hash,
            workspace: #root,
            source: #file,
            inputs: &[#(#inputs),*],
            borrowed: &[#(#sources),*],
            findings: &[#(#findings),*],
            experiment: #json,
        };

        fn main() -> ::std::process::ExitCode {
            ::xp_runtime::launch(&SPEC, |context, journal| {
                let ready = ::xp_runtime::preflight(context, journal)?;
                let data = ::xp_runtime::load_validated_data(context, journal)?;
                let guard = ::xp_runtime::start_thermal_guard(context, journal, &ready);
                let finished = ::xp_runtime::#work(context, journal, &ready, &data, guard)?;
                ::xp_runtime::log_and_report(context, journal, finished)
            })
        }

        #(#warnings)*

        #mentions
    }
}

/// The errors, and with `main` a function of that name so that no second error appears.
pub(crate) fn errors(errors: &[Diagnostic], mentions: &TokenStream, main: bool) -> TokenStream {
    let errors = errors.iter().map(Diagnostic::to_compile_error);
    let main = main.then(|| {
        quote!(
            fn main() {}
        )
    });
    // The mentions first: an editor completes at an offset that must not depend on the messages.
    quote! {
        #mentions
        #(#errors)*
        #main
    }
}

/// The experiment as JSON, one field a line, in a raw string that a person can read.
fn json_literal(checked: &Checked) -> TokenStream {
    let value = serde_json::to_value(&checked.experiment).unwrap_or_default();
    let lines: Vec<_> = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("  {}: {value}", serde_json::Value::from(key.as_str())))
        .collect();
    let json = format!("{{\n{}\n}}", lines.join(",\n"));
    let fence = "#".repeat(longest_fence(&json) + 1);
    let plain = quote!(#json);
    format!("r{fence}\"{json}\"{fence}")
        .parse()
        .unwrap_or(plain)
}

/// Longest run of `#` after a quote, which a raw string's fence must exceed.
fn longest_fence(text: &str) -> usize {
    text.split('"')
        .map(|part| part.len() - part.trim_start_matches('#').len())
        .max()
        .unwrap_or(0)
}
