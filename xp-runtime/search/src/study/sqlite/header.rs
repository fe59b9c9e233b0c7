//! What kind of file a path holds, judged before SQLite touches it. It changes no file.

use std::{fs, io, path::Path};

use crate::study::error::StudyError;

/// First bytes of an SQLite file.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Creates the folder of a file.
pub(super) fn create_folder(path: &Path) -> Result<(), StudyError> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or(Ok(()), |folder| {
        fs::create_dir_all(folder).map_err(|source| StudyError::Unreachable {
            path: path.to_owned(),
            source: source.into(),
        })
    })
}

/// Whether the file exists; a file that SQLite would take for an empty or broken database is refused.
pub(super) fn check_header(path: &Path) -> Result<bool, StudyError> {
    let unreachable = |source: io::Error| StudyError::Unreachable {
        path: path.to_owned(),
        source: source.into(),
    };
    let mut start = Vec::new();
    match fs::File::open(path) {
        Ok(file) => {
            io::Read::read_to_end(&mut io::Read::take(file, 100), &mut start)
                .map_err(unreachable)?;
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(unreachable(error)),
    }
    if start.is_empty() || (start.starts_with(MAGIC) && start.len() == 100) {
        return Ok(true);
    }
    if MAGIC.starts_with(&start) || start.starts_with(MAGIC) {
        return Err(StudyError::Damaged {
            path: path.to_owned(),
            reason: format!("only {} bytes are left of it", start.len()),
        });
    }
    Err(StudyError::NotAStudy {
        place: path.display().to_string(),
        found: "it is no SQLite database".to_owned(),
    })
}
