//! Texts that redirect or override another tool (X03).
//!
//! The phrases are English and compiled into one pattern each; what stands where a name is looked for is
//! then asked whether it is a tool of somebody else.

use std::{collections::HashSet, ops::Range, sync::LazyLock};

use regex::Regex;

use crate::{claims, surface::Surface, verbs};

/// A phrase: what a text with it does (completes "it ..."), and the pattern, in which `{name}` is where
/// the other tool's name stands.
struct Phrase {
    deed: &'static str,
    pattern: &'static str,
}

/// Phrases about another tool, sorted by what they do.
const ABOUT: &[Phrase] = &[
    Phrase {
        deed: "calls another tool bad",
        pattern: r"{name}(?: tool| function| command)? (?:is|are|was|has been|should be considered|must be considered) (?:now |currently |known to be |no longer )?(?:deprecated|obsolete|broken|unsafe|insecure|disabled|outdated|replaced|superseded|removed|unreliable|vulnerable|compromised|buggy|safe|trusted|supported|maintained|dangerous|slow|inferior|blocked|forbidden|retired)",
    },
    Phrase {
        deed: "changes how another tool is used",
        pattern: r"(?:when|whenever|every time|each time|any time|anytime|once|after|before|if) (?:you |the model |the agent |the assistant )?(?:are |is )?(?:about to |going to |want to |need to )?(?:call|calling|use|using|invoke|invoking|run|running|execute|executing|calls|uses|invokes|runs) (?:the )?{name}",
    },
    Phrase {
        deed: "changes how another tool is used",
        pattern: r"(?:when|whenever|every time|each time|any time|anytime|once|after|before|if) (?:the )?(?:tools? |function )?{name}(?: tool| function)? (?:is|gets|was|has been|are|tool is) (?:called|used|invoked|run|executed|requested|needed)",
    },
    Phrase {
        deed: "changes how another tool is used",
        pattern: r"(?:all|any|every|each) (?:calls?|requests?|uses?|usages?|invocations?|emails?|messages?|input|output|results?) (?:to|of|from|for|by|sent (?:by|with|through|via)) (?:the )?{name}(?: tool| function)? (?:must|should|have to|has to|need to|needs to|will|are|is to|go)",
    },
    Phrase {
        deed: "changes how another tool is used",
        pattern: r"{name}(?: tool| function)? (?:must|should|has to|needs to|will need to|shall) (?:always |first |now |only |never |also |instead )*(?:be (?:called|used|run|given|preceded|followed|redirected|routed|sent|set|replaced|avoided|invoked)|send|use|include|set|call|pass|go|add|have|receive|take|write)",
    },
    Phrase {
        deed: "forbids another tool",
        pattern: r"(?:do not|don't|dont|never|avoid|stop|must not|should not|shouldn't|no longer|refrain from|instead of|rather than|in place of|in lieu of|in preference to|without) (?:ever |directly |just |simply |ever )?(?:use|using|call|calling|invoke|invoking|run|running|rely on|relying on|trust|trusting|try|trying|fall back to|falling back to|resort to|resorting to) (?:the )?(?:built-?in |native |default |standard |original |client's |client’s )?(?:tools? |function |command )?{name}",
    },
    Phrase {
        deed: "takes the place of another tool",
        pattern: r"(?:instead of|rather than|in place of|in lieu of|in preference to|in favou?r over|prior to) (?:the )?(?:built-?in |native |default |standard |original )?(?:tools? |function |command )?{name}",
    },
    Phrase {
        deed: "takes the place of another tool",
        pattern: r"(?:prefer|prefers|preferred|prioriti[sz]e|choose|favou?r|use|select|pick)(?: this| it)?(?: tool)? (?:over|above|ahead of) (?:the )?(?:built-?in |native |default |standard )?(?:tools? |function |command )?{name}",
    },
    Phrase {
        deed: "takes the place of another tool",
        pattern: r"(?:this(?: tool| function| server)?|it|which|and) (?:completely |fully |now |also )?(?:replaces|overrides|supersedes|shadows|intercepts|hijacks|wraps|takes over|takes precedence over|has priority over|outranks|obsoletes|redefines|modifies|monkey-?patches|is a (?:drop-?in )?(?:replacement|substitute) (?:for|of)) (?:the )?(?:behaviou?r of |output of |calls to )?(?:the )?(?:built-?in |native |default |standard |original )?(?:tools? |function |command )?{name}",
    },
    Phrase {
        deed: "takes the place of another tool",
        pattern: r"(?:(?:drop-?in |full |better |safer |secure |new )?(?:replacement|substitute|alternative) (?:for|of)|new version of|better version of|safer version of|upgraded version of) (?:the )?(?:built-?in |native |default |standard |original )?(?:tools? |function |command )?{name}",
    },
];

/// Phrases about whatever other tools there are, sorted by what they do.
const ABOUT_ALL: &[Phrase] = &[
    Phrase {
        deed: "forbids other tools",
        pattern: r"(?:do not|don't|dont|never|must not|should not|avoid|stop) (?:ever )?(?:use|using|call|calling|invoke|invoking|try|rely on|trust|select|choose) (?:any |all |the |your |a )?(?:of the )?(?:other|built-?in|native|default|standard|existing|competing|alternative|third-?party|client's)(?: [a-z-]+){0,2} (?:tools?|functions?|servers?|commands?)",
    },
    Phrase {
        deed: "takes the place of other tools",
        pattern: r"(?:instead of|rather than|in place of|over|above|replaces|overrides|supersedes|takes precedence over|in preference to|ahead of) (?:using |calling )?(?:any |all |every |the |your |a |an )?(?:of the )?(?:other|built-?in|native|default|existing|similar|competing|alternative|third-?party|client's)(?: [a-z-]+){0,2} (?:tools?|functions?|servers?|commands?)",
    },
    Phrase {
        deed: "wants to be the only tool",
        pattern: r"(?:this is |it is )?the only (?:[a-z-]+ )?(?:tool|server|function) (?:that )?(?:you |the model |the assistant )?(?:should|may|must|can|are allowed to|need|ever need|is allowed|is safe|is permitted)",
    },
    Phrase {
        deed: "wants to be the only tool",
        pattern: r"(?:always|must|only|exclusively) (?:use|prefer|choose|select|call|pick) this (?:tool|server|function)?(?: )?(?:over|instead|rather|no matter|regardless|for (?:all|any|every)(?:thing)?|whenever possible|exclusively|and no other|and nothing else|first,? even)",
    },
    Phrase {
        deed: "wants to be the only tool",
        pattern: r"(?:other|all other|any other|existing|built-?in|alternative|competing) (?:[a-z-]+ )?(?:tools|functions|servers) (?:are|is|have been) (?:now )?(?:deprecated|obsolete|broken|unsafe|insecure|disabled|outdated|unreliable|inferior|vulnerable|forbidden|not to be used|wrong|inaccurate|compromised)",
    },
];

/// Tools that clients bring along, in their own spelling. Sorted.
pub(crate) const CLIENT_TOOLS: &[&str] = &[
    "AskUserQuestion",
    "Bash",
    "BashOutput",
    "Edit",
    "ExitPlanMode",
    "Glob",
    "Grep",
    "KillShell",
    "LS",
    "MultiEdit",
    "NotebookEdit",
    "NotebookRead",
    "Read",
    "Skill",
    "SlashCommand",
    "Task",
    "TodoRead",
    "TodoWrite",
    "WebFetch",
    "WebSearch",
    "Write",
    "apply_patch",
    "bash",
    "code_execution",
    "code_interpreter",
    "codebase_search",
    "computer",
    "create_file",
    "delete_file",
    "edit_file",
    "execute_command",
    "file_search",
    "grep_search",
    "insert_edit_into_file",
    "list_dir",
    "list_directory",
    "list_files",
    "local_shell",
    "memory",
    "read_file",
    "read_many_files",
    "replace_in_file",
    "replace_string_in_file",
    "run_in_terminal",
    "run_shell_command",
    "run_terminal_cmd",
    "search_file_content",
    "search_files",
    "shell",
    "str_replace_based_edit_tool",
    "str_replace_editor",
    "text_editor",
    "todo_write",
    "update_plan",
    "view_image",
    "web_fetch",
    "web_search",
    "write_file",
    "write_to_file",
];

/// Those whose names mean themselves and nothing else: a server's tool of that name is mistaken for them.
const PLAIN: &[&str] = &[
    "askuserquestion",
    "bash",
    "bashoutput",
    "codeexecution",
    "codeinterpreter",
    "computer",
    "edit",
    "exitplanmode",
    "glob",
    "grep",
    "killshell",
    "ls",
    "multiedit",
    "notebookedit",
    "notebookread",
    "read",
    "slashcommand",
    "strreplacebasededittool",
    "strreplaceeditor",
    "task",
    "texteditor",
    "todoread",
    "todowrite",
    "webfetch",
    "websearch",
    "write",
];

/// How a name stands to those of clients' own tools.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Shadow {
    /// It is one that clients give to nothing else.
    Plain,
    /// It is one that many servers have too.
    Common,
}

/// Whether a name is one of a client's own tools.
pub(crate) fn shadows(name: &str) -> Option<Shadow> {
    let folded = fold(name);
    if PLAIN.contains(&folded.as_str()) {
        Some(Shadow::Plain)
    } else if CLIENT_TOOLS.iter().any(|known| fold(known) == folded) {
        Some(Shadow::Common)
    } else {
        None
    }
}

fn fold(name: &str) -> String {
    name.chars()
        .filter(|character| !matches!(character, '_' | '-' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// What a server calls its own: tools, and whatever else has a name there.
pub(crate) struct Own {
    tools: HashSet<String>,
    words: HashSet<String>,
    names: HashSet<String>,
}

impl Own {
    /// Reads a surface.
    pub(crate) fn of(surface: &Surface) -> Self {
        let mut own = Self {
            tools: HashSet::new(),
            words: HashSet::new(),
            names: HashSet::new(),
        };
        for tool in &surface.tools {
            own.tools.insert(fold(&tool.name));
            own.words.extend(verbs::words(&tool.name));
            own.names.extend(keys(&tool.input_schema, 0));
            if let Some(schema) = &tool.output_schema {
                own.names.extend(keys(schema, 0));
            }
        }
        own.names.extend(
            surface
                .prompts
                .iter()
                .chain(&surface.resources)
                .chain(&surface.templates)
                .filter_map(|entry| entry["name"].as_str())
                .map(fold),
        );
        own.names
            .extend(surface.server_info["name"].as_str().map(fold));
        own
    }

    /// Whether the server has something of that name; clients put their own prefix before it.
    fn has(&self, name: &str) -> bool {
        let bare = name.rsplit("__").next().unwrap_or(name);
        let (folded, bare) = (fold(name), fold(bare));
        self.tools.contains(&folded)
            || self.tools.contains(&bare)
            || self.names.contains(&folded)
            || folded
                .strip_suffix('s')
                .is_some_and(|one| self.tools.contains(one))
            // `find_*` or `notes.` before a family of its own
            || (name.ends_with(['_', '*']) && self.tools.iter().any(|tool| tool.starts_with(&bare)))
    }
}

/// The names of all properties and values of enums, folded.
fn keys(schema: &serde_json::Value, depth: usize) -> Vec<String> {
    let mut found = Vec::new();
    if depth > crate::thresholds::SCHEMA_DEPTH {
        return found;
    }
    match schema {
        serde_json::Value::Object(object) => {
            for (key, value) in object {
                found.push(fold(key));
                found.extend(keys(value, depth + 1));
            }
        }
        serde_json::Value::Array(values) => {
            for value in values.iter().take(500) {
                found.extend(value.as_str().map(fold));
                found.extend(keys(value, depth + 1));
            }
        }
        _ => {}
    }
    found
}

/// What a text does to tools of others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Redirect {
    /// Completes "it ...".
    pub(crate) deed: &'static str,
    /// The other tool's name, where there is one.
    pub(crate) name: Option<String>,
    /// Where, as bytes of the text.
    pub(crate) at: Range<usize>,
}

/// Compiled phrases.
static COMPILED: LazyLock<Vec<(&'static str, bool, Regex)>> = LazyLock::new(|| {
    let named = ABOUT.iter().map(|phrase| (phrase, true));
    named
        .chain(ABOUT_ALL.iter().map(|phrase| (phrase, false)))
        .filter_map(|(phrase, named)| Some((phrase.deed, named, compile(phrase.pattern)?)))
        .collect()
});

fn compile(pattern: &str) -> Option<Regex> {
    let text = pattern
        .replace(' ', "[\\s*_]{1,4}")
        // a name keeps its case, and may be in quotes
        .replace(
            "{name}",
            "(?P<q>[`\"'*<]{0,3})(?P<name>[A-Za-z][A-Za-z0-9_.:/-]{0,80})(?P<r>[`\"'*>]{0,3})",
        );
    regex::RegexBuilder::new(&format!("\\b(?:{text})"))
        .unicode(false)
        .case_insensitive(true)
        .size_limit(8 << 20)
        .build()
        .ok()
}

/// Words near a phrase that take it back: it is about this server's own.
static OWN: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:tools?|functions?) (?:of|in|from|on|by) (?:this|the same) (?:server|mcp)|this server's").ok()
});

/// What a text does to tools that are not the server's.
pub(crate) fn redirects(text: &str, own: &Own) -> Vec<Redirect> {
    let text = super::fold::cut(text, crate::thresholds::TEXT_CHARS);
    let mut found: Vec<Redirect> = Vec::new();
    for (deed, named, pattern) in COMPILED.iter() {
        for captures in pattern.captures_iter(text).take(50) {
            let Some(whole) = captures.get(0) else {
                continue;
            };
            let mut redirect = Redirect {
                deed,
                name: None,
                at: whole.range(),
            };
            if *named {
                let (Some(name), Some(before), Some(after)) = (
                    captures.name("name"),
                    captures.name("q"),
                    captures.name("r"),
                ) else {
                    continue;
                };
                let quoted = !before.is_empty() && !after.is_empty();
                let name_text = name.as_str().trim_end_matches(['.', ':', '/', '-']);
                let rest = &text[after.end()..];
                let lead = &text[..before.start()];
                if !is_foreign(name_text, quoted, lead, rest, own) {
                    continue;
                }
                redirect.name = Some(name_text.to_owned());
                redirect.at.end = redirect.at.end.max(name.start() + name_text.len());
            } else {
                let to = super::fold::floor(text, (whole.end() + 40).min(text.len()));
                if OWN
                    .as_ref()
                    .is_some_and(|own| own.is_match(&text[whole.start()..to]))
                {
                    continue;
                }
            }
            if !found
                .iter()
                .any(|known| known.deed == *deed && known.name == redirect.name)
            {
                found.push(redirect);
            }
        }
    }
    found.sort_by_key(|redirect| redirect.at.start);
    found
}

/// Words that are no names before "tool".
const NO_NAMES: &[&str] = &[
    "a",
    "an",
    "another",
    "any",
    "appropriate",
    "correct",
    "different",
    "each",
    "every",
    "following",
    "it",
    "its",
    "my",
    "new",
    "next",
    "no",
    "one",
    "other",
    "our",
    "previous",
    "right",
    "same",
    "single",
    "some",
    "such",
    "that",
    "the",
    "their",
    "these",
    "this",
    "those",
    "which",
    "your",
];

/// Whether what stands where a tool is named is one, and none of the server's.
fn is_foreign(name: &str, quoted: bool, before: &str, after: &str, own: &Own) -> bool {
    if name.is_empty() || own.has(name) {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let next = after.trim_start().to_ascii_lowercase();
    let said_before = before.trim_end().to_ascii_lowercase();
    let is_tool = ["tool", "function", "mcp", "server"].iter().any(|word| {
        next.strip_prefix(word).is_some_and(|rest| {
            !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_')
        })
    }) || ["tool", "function"]
        .iter()
        .any(|word| said_before.ends_with(word));
    let ends = next.is_empty()
        || next.starts_with(['.', ',', ';', ':', ')', '(', '!', '\n'])
        || [
            "for ", "to ", "when ", "and ", "or ", "because", "as ", "if ", "with ", "on ", "in ",
        ]
        .iter()
        .any(|word| next.starts_with(word));
    // names that clients' tools alone have: in their own spelling
    if CLIENT_TOOLS.contains(&name) {
        let compound = name.contains('_') || name.chars().skip(1).any(char::is_uppercase);
        return compound || quoted || is_tool || (name.starts_with(char::is_uppercase) && ends);
    }
    if NO_NAMES.contains(&lower.as_str()) {
        return false;
    }
    let words = verbs::words(name);
    let compound = words.len() > 1
        && (name.contains('_')
            || name.contains('-')
            || name.chars().skip(1).any(char::is_uppercase));
    let verbal = words
        .first()
        .is_some_and(|word| claims::deed(word).is_some());
    if name.starts_with("mcp__") {
        return true;
    }
    if compound && verbal && (name.contains('_') || quoted || is_tool) {
        // a parameter or a field may begin like a verb
        let field = [
            "parameter",
            "field",
            "argument",
            "flag",
            "option",
            "property",
            "header",
            "value",
            "method",
            "endpoint",
            "variable",
        ]
        .iter()
        .any(|word| next.starts_with(word));
        return !field;
    }
    // "the search tool" may be its own find_notes; "the github tool" is not
    is_tool
        && (compound || quoted || words.iter().all(|word| !own.words.contains(word)))
        && claims::deed(&lower).is_none_or(|_| quoted)
        && !next.starts_with("server")
}
