//! The compiled guest on disk: where it is, how it gets there, and what is checked before it is
//! loaded.
//!
//! Loading compiled code is trusting it. It lies in a folder that only its owner can write, beside
//! a digest that it must match, and got there by one rename.

use std::{
    fmt::Write as _,
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Read},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};
use wasmtime::{Engine, component::Component};

use super::{engine::engine, source};
use crate::Why;

const AGAIN: &str = "run `seaworthy sandbox setup` again";

/// Where a component of this version lies in `folder`.
pub fn component_file(folder: &Path) -> PathBuf {
    folder.join(format!("python-{}.wasm", source::key()))
}

/// Where its compiled form for this engine and this kind of machine lies.
///
/// # Errors
/// The engine does not work here.
pub fn compiled_file(folder: &Path) -> Result<PathBuf, Why> {
    let engine = engine().map_err(|error| no_engine(&error))?;
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let name = format!("python-{}-{:016x}.cwasm", source::key(), hasher.finish());
    Ok(folder.join(name))
}

fn no_engine(error: &wasmtime::Error) -> Why {
    Why::new(
        format!("the wasm engine does not start: {error}"),
        "use the docker backend",
    )
}

fn digest_file(file: &Path) -> PathBuf {
    file.with_extension("cwasm.sha256")
}

/// The SHA-256 of everything that `from` gives, in hex.
fn digest(mut from: impl Read) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 256 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => break,
            read => hasher.update(&buffer[..read]),
        }
    }
    Ok(hex(&hasher.finalize()))
}

/// Two digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Makes the folder, for its owner alone.
///
/// # Errors
/// It cannot be made.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder)
}

/// Writes `bytes` to `file` whole or not at all.
pub(super) fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut temporary, bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(file)?;
    Ok(())
}

/// Compiles a component into `folder`. Takes some seconds.
///
/// # Errors
/// It is no component, or the folder cannot be written.
pub fn compile(component: &Path, folder: &Path) -> Result<PathBuf, Why> {
    let cannot = |error: &dyn std::fmt::Display| {
        Why::new(
            format!("the guest could not be compiled: {error}"),
            format!(
                "see that {} can be written and has 100 MB free, and {AGAIN}",
                folder.display()
            ),
        )
    };
    let file = compiled_file(folder)?;
    let bytes = fs::read(component).map_err(|error| cannot(&error))?;
    let compiled = engine()
        .and_then(|engine| engine.precompile_component(&bytes))
        .map_err(|error| cannot(&error))?;
    make_folder(folder).map_err(|error| cannot(&error))?;
    let digest = digest(compiled.as_slice()).map_err(|error| cannot(&error))?;
    // the digest first: a compiled file without one is not loaded
    write_whole(&digest_file(&file), digest.as_bytes())
        .and_then(|()| write_whole(&file, &compiled))
        .map_err(|error| cannot(&error))?;
    Ok(file)
}

/// Loads a compiled guest after checking who could have written it and its digest.
///
/// # Errors
/// It is missing, others can write it, or it is not what was compiled.
pub(super) fn load(engine: &Engine, file: &Path) -> Result<Component, Why> {
    only_owner_writes(file)?;
    let broken = |what: &str| Why::new(format!("{}: {what}", file.display()), AGAIN);
    let expected = fs::read_to_string(digest_file(file)).map_err(|_| broken("it has no digest"))?;
    let opened = fs::File::open(file).map_err(|error| broken(&error.to_string()))?;
    let found = digest(opened).map_err(|error| broken(&error.to_string()))?;
    if found != expected.trim() {
        return Err(broken("it is not what was compiled"));
    }
    // SAFETY: the file was made by `compile` above: it lies where only this user or root writes,
    // and its digest matches; the engine checks its own version in it.
    #[expect(unsafe_code, reason = "loading compiled code has no safe form")]
    unsafe { Component::deserialize_file(engine, file) }
        .map_err(|error| broken(&format!("the engine does not take it: {error}")))
}

/// The file and its folder belong to this user or root, and nobody else can write them.
#[cfg(unix)]
fn only_owner_writes(file: &Path) -> Result<(), Why> {
    use std::os::unix::fs::MetadataExt;
    let me = rustix::process::geteuid().as_raw();
    for path in [Some(file), file.parent()].into_iter().flatten() {
        let metadata = fs::symlink_metadata(path).map_err(|error| {
            Why::new(
                format!("{}: {error}", path.display()),
                "run `seaworthy sandbox setup`",
            )
        })?;
        let owned = metadata.uid() == me || metadata.uid() == 0;
        if !owned || metadata.mode() & 0o022 != 0 || metadata.is_symlink() {
            return Err(Why::new(
                format!("others can write {}", path.display()),
                format!("remove it and {AGAIN}, or `chmod go-w` it if you trust what is in it"),
            ));
        }
    }
    Ok(())
}

/// Elsewhere the cache folder lies in the user's profile, which others cannot write.
#[cfg(not(unix))]
fn only_owner_writes(file: &Path) -> Result<(), Why> {
    fs::metadata(file).map(drop).map_err(|error| {
        Why::new(
            format!("{}: {error}", file.display()),
            "run `seaworthy sandbox setup`",
        )
    })
}
