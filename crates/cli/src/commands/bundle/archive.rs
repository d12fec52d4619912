//! The bundle as a file: a zip archive that is the same for the same files.

use std::{
    fs::File,
    io::{self, BufWriter},
    path::Path,
};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::{contents::Contents, failed};
use crate::failure::Failure;

/// What a bundle is, as a registry wants to know it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) bytes: u64,
    pub(super) sha256: String,
}

const HINT: &str = "give another --output, or make room";

/// Packs the files beside `output`, under another name: sorted, with one time, and with no rights but
/// to be read and, where they are programs, to be run.
pub(super) fn pack(contents: &Contents, output: &Path) -> Result<NamedTempFile, Failure> {
    let folder = output
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let packed = NamedTempFile::new_in(folder).map_err(|error| failed(folder, &error, HINT))?;
    let mut writer = ZipWriter::new(BufWriter::new(packed.as_file()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    for (name, path) in &contents.files {
        let mode = if is_program(path) { 0o755 } else { 0o644 };
        let mut add = || -> io::Result<()> {
            let mut file = File::open(path)?;
            writer.start_file(name, options.unix_permissions(mode))?;
            io::copy(&mut file, &mut writer).map(drop)
        };
        add().map_err(|error| failed(path, &error, HINT))?;
    }
    let ended = writer.finish().map_err(io::Error::from);
    ended
        .and_then(|buffer| buffer.into_inner().map_err(io::IntoInnerError::into_error))
        .map_err(|error| failed(output, &error, HINT))?;
    Ok(packed)
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    crate::environment::is_program(path)
}

/// Windows notes no right to run; its programs are known by their names.
#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "exe")
}

/// Unpacks a bundle into a folder.
pub(super) fn unpack(bundle: &Path, folder: &Path) -> Result<(), Failure> {
    let unpacked = File::open(bundle)
        .map_err(zip::result::ZipError::from)
        .and_then(ZipArchive::new)
        .and_then(|mut archive| archive.extract(folder));
    unpacked.map_err(|error| {
        failed(
            folder,
            &error,
            "make room in the folder for temporary files",
        )
    })
}

/// Gives the bundle its name.
pub(super) fn keep(packed: NamedTempFile, output: &Path) -> Result<Told, Failure> {
    let bytes = std::fs::read(packed.path()).map_err(|error| failed(output, &error, HINT))?;
    #[cfg(unix)]
    {
        use std::{fs::Permissions, os::unix::fs::PermissionsExt};
        // a temporary file is its owner's alone; a bundle is to be given away
        packed
            .as_file()
            .set_permissions(Permissions::from_mode(0o644))
            .map_err(|error| failed(output, &error, HINT))?;
    }
    packed
        .persist(output)
        .map_err(|error| failed(output, &error.error, HINT))?;
    let digest = Sha256::digest(&bytes);
    Ok(Told {
        bytes: bytes.len() as u64,
        sha256: digest.iter().fold(String::new(), |text, byte| {
            // two digits a byte
            text + &format!("{byte:02x}")
        }),
    })
}
