//! Page sizes and budgets per tool: a TOML file that people edit, [`Settings::apply`] changes and
//! the server reads.
//!
//! ```toml
//! [tools.find_items]
//! page_size = 35
//! tokens = 2600
//! ```
//!
//! Other sections of the file are left alone; inside `[tools.NAME]` an unknown key is an error.
//! A new key is a line in [`KEYS`], a field of [`ToolSettings`] and of the advice.

use std::{
    collections::BTreeMap,
    fs, io,
    io::Write,
    ops::{Range, RangeInclusive},
    path::{Path, PathBuf},
};

use toml_edit::{Document, DocumentMut, Item, Table, TableLike, Value};

use crate::advice::Recommendation;

/// What a page size may be, in items.
pub const PAGE_SIZE: RangeInclusive<u32> = 1..=50;
/// What a budget may be, in tokens.
pub const TOKENS: RangeInclusive<u32> = 500..=10_000;
/// The keys of `[tools.NAME]` and their ranges, sorted.
pub const KEYS: &[(&str, RangeInclusive<u32>)] = &[("page_size", PAGE_SIZE), ("tokens", TOKENS)];

/// What is wrong with the file.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file is there and cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is no TOML.
    #[error("{}, line {line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A section or a value is of another type than it must be.
    #[error("{}, line {line}: {key} must be {expected}", path.display())]
    Type {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// The key with its section, for example `tools.find_items.page_size`.
        key: String,
        /// What it must be.
        expected: String,
    },
    /// A number is outside its range.
    #[error("{}, line {line}: {key} is {value}, it must be {} to {}", path.display(), permitted.start(), permitted.end())]
    Range {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// The key with its section.
        key: String,
        /// What it is.
        value: i64,
        /// What it may be.
        permitted: RangeInclusive<u32>,
    },
    /// A key of `[tools.NAME]` that does not exist.
    #[error("{}, line {line}: {key} is not a setting", path.display())]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// The key with its section.
        key: String,
    },
    /// The file is marked read-only.
    #[error("{} is read-only", path.display())]
    ReadOnly {
        /// The file, links followed.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("{} cannot be written", path.display())]
    Write {
        /// The file, links followed.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

impl SettingsError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::Read { .. } => "check the file's permissions".to_owned(),
            Self::Syntax { .. } => "correct the line, or remove it".to_owned(),
            Self::Type { expected, .. } => format!("make it {expected}, or remove it"),
            Self::Range { permitted, .. } => format!(
                "choose a number from {} to {}, or remove the line for the default",
                permitted.start(),
                permitted.end()
            ),
            Self::UnknownKey { .. } => {
                let names: Vec<_> = KEYS.iter().map(|(name, _)| *name).collect();
                format!("the settings of a tool are {}", names.join(", "))
            }
            Self::ReadOnly { .. } => "make it writable, or change it by hand".to_owned(),
            Self::Write { .. } => {
                "check the folder's permissions and the space on the disk".to_owned()
            }
        }
    }
}

/// What the file says of one tool; `None` where it says nothing and the default holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ToolSettings {
    /// Items on a page, within [`PAGE_SIZE`].
    pub page_size: Option<u32>,
    /// Tokens of an answer, within [`TOKENS`].
    pub tokens: Option<u32>,
}

/// What the file says of all tools.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    tools: BTreeMap<String, ToolSettings>,
}

/// One value that [`Settings::apply`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The tool.
    pub tool: String,
    /// `page_size` or `tokens`.
    pub key: &'static str,
    /// What the file said before.
    pub from: Option<u32>,
    /// What it says now.
    pub to: u32,
}

impl Settings {
    /// Reads the file; a missing one is all defaults.
    ///
    /// # Errors
    /// Any other value than a permitted one, with its file, line, key and range.
    pub fn load(path: &Path) -> Result<Self, SettingsError> {
        Self::parse(&read(path)?, path)
    }

    /// Reads `text` as the content of the file at `path`, which errors name.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn parse(text: &str, path: &Path) -> Result<Self, SettingsError> {
        let file = File { text, path };
        let document = Document::parse(text).map_err(|error| SettingsError::Syntax {
            path: path.to_owned(),
            line: file.line(error.span()),
            message: error.message().lines().collect::<Vec<_>>().join(", "),
        })?;
        let mut tools = BTreeMap::new();
        let Some((key, item)) = document.as_table().get_key_value("tools") else {
            return Ok(Self { tools });
        };
        let sections = file.table("tools", key.span(), item)?;
        for (name, item) in sections.iter() {
            let key = format!("tools.{name}");
            let span = sections.get_key_value(name).and_then(|(key, _)| key.span());
            let table = file.table(&key, span, item)?;
            tools.insert(name.to_owned(), file.tool(&key, table)?);
        }
        Ok(Self { tools })
    }

    /// The settings of one tool.
    pub fn tool(&self, name: &str) -> ToolSettings {
        self.tools.get(name).copied().unwrap_or_default()
    }

    /// The tools that the file names, sorted.
    pub fn tools(&self) -> impl Iterator<Item = (&str, ToolSettings)> {
        self.tools.iter().map(|(name, tool)| (name.as_str(), *tool))
    }

    /// Writes what is recommended into the file and leaves the rest of it as it is, comments
    /// included. The file is replaced in one step; its mode stays, and a link to it stays a link.
    /// Answers what was changed; without a change nothing is written.
    ///
    /// # Errors
    /// The file is not valid already, read-only, or cannot be replaced: it stays as it was.
    pub fn apply(
        path: &Path,
        recommendations: &[Recommendation],
    ) -> Result<Vec<Change>, SettingsError> {
        let text = read(path)?;
        let before = Self::parse(&text, path)?;
        let mut document: DocumentMut =
            text.parse()
                .map_err(|error: toml_edit::TomlError| SettingsError::Syntax {
                    path: path.to_owned(),
                    line: File { text: &text, path }.line(error.span()),
                    message: error.message().to_owned(),
                })?;
        let mut changes = Vec::new();
        for recommendation in recommendations {
            let tool = &recommendation.tool;
            let was = before.tool(tool);
            let steps = [
                ("page_size", was.page_size, recommendation.page_size),
                ("tokens", was.tokens, recommendation.tokens),
            ];
            for (key, from, step) in steps {
                if let Some(to) = step.map(|step| step.to)
                    && from != Some(to)
                {
                    set(&mut document, tool, key, to);
                    let tool = tool.clone();
                    changes.push(Change {
                        tool,
                        key,
                        from,
                        to,
                    });
                }
            }
        }
        if !changes.is_empty() {
            let text = document.to_string();
            // what is written must be what can be read
            Self::parse(&text, path)?;
            replace(path, &text)?;
        }
        Ok(changes)
    }
}

/// The text being read, to say where something is.
struct File<'a> {
    text: &'a str,
    path: &'a Path,
}

impl File<'_> {
    fn line(&self, span: Option<Range<usize>>) -> usize {
        let start = span.map_or(0, |span| span.start).min(self.text.len());
        let before = &self.text.as_bytes()[..start];
        before.split(|byte| *byte == b'\n').count()
    }

    fn table<'i>(
        &self,
        key: &str,
        span: Option<Range<usize>>,
        item: &'i Item,
    ) -> Result<&'i dyn TableLike, SettingsError> {
        item.as_table_like().ok_or_else(|| SettingsError::Type {
            path: self.path.to_owned(),
            line: self.line(span.or_else(|| item.span())),
            key: key.to_owned(),
            expected: "a section".to_owned(),
        })
    }

    fn tool(&self, section: &str, table: &dyn TableLike) -> Result<ToolSettings, SettingsError> {
        for (name, item) in table.iter() {
            if !KEYS.iter().any(|(key, _)| *key == name) {
                let span = table.get_key_value(name).and_then(|(key, _)| key.span());
                return Err(SettingsError::UnknownKey {
                    path: self.path.to_owned(),
                    line: self.line(span.or_else(|| item.span())),
                    key: format!("{section}.{name}"),
                });
            }
        }
        Ok(ToolSettings {
            page_size: self.number(section, table, "page_size", &PAGE_SIZE)?,
            tokens: self.number(section, table, "tokens", &TOKENS)?,
        })
    }

    fn number(
        &self,
        section: &str,
        table: &dyn TableLike,
        name: &str,
        permitted: &RangeInclusive<u32>,
    ) -> Result<Option<u32>, SettingsError> {
        let Some((key, item)) = table.get_key_value(name) else {
            return Ok(None);
        };
        let path = self.path.to_owned();
        let line = self.line(key.span().or_else(|| item.span()));
        let key = format!("{section}.{name}");
        let Some(value) = item.as_integer() else {
            return Err(SettingsError::Type {
                path,
                line,
                key,
                expected: format!(
                    "a whole number from {} to {}",
                    permitted.start(),
                    permitted.end()
                ),
            });
        };
        match u32::try_from(value) {
            Ok(number) if permitted.contains(&number) => Ok(Some(number)),
            _ => Err(SettingsError::Range {
                path,
                line,
                key,
                value,
                permitted: permitted.clone(),
            }),
        }
    }
}

fn read(path: &Path) -> Result<String, SettingsError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
        Err(source) => Err(SettingsError::Read {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Sets one value; what stands around an old one (blanks, a comment) stays.
fn set(document: &mut DocumentMut, tool: &str, key: &str, value: u32) {
    let tools = document
        .entry("tools")
        .or_insert_with(implicit_table)
        .as_table_like_mut();
    let section = tools.map(|tools| {
        tools
            .entry(tool)
            .or_insert_with(|| Item::Table(Table::new()))
    });
    let Some(table) = section.and_then(Item::as_table_like_mut) else {
        return;
    };
    let mut new = Value::from(i64::from(value));
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *new.decor_mut() = old.decor().clone();
            *old = new;
        }
        None => {
            table.insert(key, Item::Value(new));
        }
    }
}

fn implicit_table() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

fn replace(path: &Path, text: &str) -> Result<(), SettingsError> {
    // a link to a file that is not there yet cannot be resolved, and is an error
    let target = match fs::canonicalize(path) {
        Ok(target) => target,
        Err(_) if fs::symlink_metadata(path).is_err() => path.to_owned(),
        Err(source) => {
            return Err(SettingsError::Write {
                path: path.to_owned(),
                source,
            });
        }
    };
    let old = fs::metadata(&target).ok();
    if old.as_ref().is_some_and(|old| old.permissions().readonly()) {
        return Err(SettingsError::ReadOnly { path: target });
    }
    swap(&target, text, old.as_ref()).map_err(|source| SettingsError::Write {
        path: target,
        source,
    })
}

fn swap(target: &Path, text: &str, old: Option<&fs::Metadata>) -> io::Result<()> {
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new()
        .prefix(".settings-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    if let Some(old) = old {
        keep_owner_and_mode(file.path(), old)?;
    }
    file.as_file().sync_all()?;
    file.persist(target).map(drop).map_err(|error| error.error)
}

#[cfg(unix)]
fn keep_owner_and_mode(path: &Path, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let new = fs::metadata(path)?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        std::os::unix::fs::chown(path, Some(old.uid()), Some(old.gid()))?;
    }
    fs::set_permissions(path, old.permissions())
}

#[cfg(not(unix))]
fn keep_owner_and_mode(path: &Path, old: &fs::Metadata) -> io::Result<()> {
    fs::set_permissions(path, old.permissions())
}
