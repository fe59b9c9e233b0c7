//! TensorBoard's event files: TFRecords (length, masked CRC-32C, bytes, masked CRC-32C) of `Event` messages of tensorflow's `event.proto`. Written
//! here because the crates that do are no longer maintained, and the format is small.

use std::{fs, io, path::Path};

use xp_spec::files::write_atomic;

use super::curves::{curves, times};
use crate::{log::LogRow, record::RunRecord};

/// What TensorBoard takes for its own file, and adds to the curves of the others in the folder.
const EVENTS: &str = "events.out.tfevents.";

/// Writes the events of a record that has a curve, in place of those in the folder: a search that went on, or a training that was made again,
/// has one curve.
pub(super) fn write(folder: &Path, row: &LogRow, record: &RunRecord) -> io::Result<()> {
    let curves = curves(record);
    if curves.is_empty() {
        return Ok(());
    }
    let (start, end) = times(row);
    let mut file = framed(&event(start, 0, &text(3, b"brain.Event:2")));
    for (tag, points) in curves {
        let count = points.len() as f64;
        for (position, (step, value)) in points.into_iter().enumerate() {
            // Evaluations have no times of their own in a record; they are spread over the run.
            let wall = start + (end - start) * (position as f64 + 1.0) / count;
            let value = [text(1, tag.as_bytes()), fixed32(2, value as f32)].concat();
            file.extend(framed(&event(wall, step, &text(5, &text(1, &value)))));
        }
    }
    let name = format!("{EVENTS}{start:010.0}.{}", row.run_id);
    write_atomic(&folder.join(&name), &file)?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let other = entry.file_name().to_string_lossy().into_owned();
        if other.starts_with(EVENTS) && other != name {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// An `Event`: wall_time = 1, step = 2, and what it carries.
fn event(wall: f64, step: u32, what: &[u8]) -> Vec<u8> {
    let mut bytes = vec![1 << 3 | 1];
    bytes.extend(wall.to_le_bytes());
    bytes.push(2 << 3);
    bytes.extend(varint(u64::from(step)));
    bytes.extend(what);
    bytes
}

/// A field of bytes: text or a message.
fn text(field: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![field << 3 | 2];
    bytes.extend(varint(content.len() as u64));
    bytes.extend(content);
    bytes
}

fn fixed32(field: u8, value: f32) -> Vec<u8> {
    let mut bytes = vec![field << 3 | 5];
    bytes.extend(value.to_le_bytes());
    bytes
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A TFRecord.
fn framed(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u64).to_le_bytes();
    let mut bytes = length.to_vec();
    bytes.extend(masked(&length).to_le_bytes());
    bytes.extend(content);
    bytes.extend(masked(content).to_le_bytes());
    bytes
}

/// Masked as tensorflow's `crc32c.h` has it, since a checksum of data with checksums is weak.
fn masked(content: &[u8]) -> u32 {
    crc32c(content).rotate_right(15).wrapping_add(0xA282_EAD8)
}

/// CRC-32C (Castagnoli), bit by bit: event files are small.
fn crc32c(content: &[u8]) -> u32 {
    !content.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0x82F6_3B78 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_castagnolis() {
        // RFC 3720, B.4, and the check value of the catalogue of CRCs.
        assert_eq!(crc32c(&[0; 32]), 0x8A91_36AA);
        assert_eq!(crc32c(b"123456789"), 0xE306_9283);
        assert_eq!(varint(300), [0xAC, 0x02]);
    }
}
