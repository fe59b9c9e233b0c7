//! Loading reads the requested columns and no others, counted in pages.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test may state what it believes")]

mod sandbox;

use std::{
    fs::{self, File},
    io::Cursor,
    os::unix::fs::{FileExt as _, MetadataExt as _},
    path::Path,
};

use parquet_format_safe::{FileMetaData, thrift::protocol::TCompactInputProtocol};
use sandbox::Sandbox;
use xp_data::{features::registry, load::load};

/// Memory as a file system: a page of a file exists in it once it is written *or read*, so that pages are a count of what was read.
const SHARED_MEMORY: &str = "/dev/shm";

/// Where each column lies in a parquet.
fn column_ranges(bytes: &[u8]) -> Vec<(String, std::ops::Range<usize>)> {
    let end = bytes.len() - 8;
    let length = u32::from_le_bytes(bytes[end..end + 4].try_into().unwrap()) as usize;
    let footer = &bytes[end - length..end];
    let mut protocol = TCompactInputProtocol::new(Cursor::new(footer), 64 << 20);
    let metadata = FileMetaData::read_from_in_protocol(&mut protocol).unwrap();
    let columns = metadata
        .row_groups
        .into_iter()
        .flat_map(|group| group.columns);
    columns
        .map(|column| {
            let data = column.meta_data.unwrap();
            let start = data.dictionary_page_offset.unwrap_or(data.data_page_offset);
            let start = start.min(data.data_page_offset) as usize;
            (
                data.path_in_schema.join("."),
                start..start + data.total_compressed_size as usize,
            )
        })
        .collect()
}

/// A file of the same size in which only the footer and some columns are written.
fn with_holes(path: &Path, bytes: &[u8], columns: &[String]) {
    let file = File::create(path).unwrap();
    file.set_len(bytes.len() as u64).unwrap();
    let footer = u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap())
        as usize
        + 8;
    let needed = column_ranges(bytes)
        .into_iter()
        .filter(|(name, _)| name == "date" || columns.contains(name))
        .map(|(_, range)| range)
        .chain([0..4, bytes.len() - footer..bytes.len()]);
    for range in needed {
        file.write_all_at(&bytes[range.clone()], range.start as u64)
            .unwrap();
    }
}

fn pages_bytes(path: &Path) -> u64 {
    fs::metadata(path).unwrap().blocks() * 512
}

#[test]
fn loading_20_of_500_columns_reads_4_percent_of_the_file() {
    let sandbox = Sandbox::built(15_000);
    let workspace = sandbox.workspace();
    let entry = sandbox.entry();
    let bytes = fs::read(sandbox.path(&entry.path)).unwrap();
    let names: Vec<String> = registry().into_iter().map(|feature| feature.name).collect();
    let shared = tempfile::tempdir_in(SHARED_MEMORY).unwrap();
    let holed = shared.path().join("walk.parquet");
    for (what, columns, most) in [
        ("tier 20", names[..20].to_vec(), 0.048),
        (
            "every 25th",
            names.iter().step_by(25).cloned().collect(),
            0.055,
        ),
    ] {
        with_holes(&holed, &bytes, &columns);
        let written = pages_bytes(&holed);
        let holed_entry = xp_spec::files::manifest::ProcessedEntry {
            // An absolute path stands for itself.
            path: holed.display().to_string(),
            ..entry.clone()
        };
        let table = load(&workspace, &holed_entry, &columns).unwrap();
        assert!(
            table == load(&workspace, &entry, &columns).unwrap(),
            "{what}"
        );
        // Nothing else was read: no page has come into being.
        let read = pages_bytes(&holed);
        assert_eq!(read, written, "{what}");
        let share = read as f64 / bytes.len() as f64;
        println!(
            "{what}: {read} of {} bytes, {:.2} %",
            bytes.len(),
            share * 100.0
        );
        assert!(share > 0.04 && share < most, "{what}: {share}");
        // The count sees a column that is read: one in a hole is not a column, but its pages exist now.
        let other = [names[333].clone()];
        assert!(load(&workspace, &holed_entry, &other).is_err());
        assert!(pages_bytes(&holed) > written, "{what}");
    }
}
