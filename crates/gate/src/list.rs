//! Walks the pages of a server's lists.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Instant,
};

use serde_json::{Value, json};

use crate::{
    surface::{Surface, Tool, Walk, WalkEnd},
    thresholds,
    wire::{Era, Session},
};

/// The lists of the protocol: method, field of the result, capability.
pub const LISTS: [(&str, &str, &str); 4] = [
    ("prompts/list", "prompts", "prompts"),
    ("resources/list", "resources", "resources"),
    ("resources/templates/list", "resourceTemplates", "resources"),
    ("tools/list", "tools", "tools"),
];

/// Reads what a server shows over a greeted connection: every page of every list whose capability
/// it declares.
pub async fn read(session: &Session) -> Surface {
    let hello = session.hello();
    let mut surface = Surface {
        era: Some(session.era()),
        server_info: server_info(&hello),
        instructions: hello["instructions"].as_str().map(str::to_owned),
        capabilities: hello["capabilities"].clone(),
        ..Surface::default()
    };
    for (method, field, capability) in LISTS {
        if surface
            .capabilities
            .get(capability)
            .is_none_or(Value::is_null)
        {
            continue;
        }
        let (walk, pages) = walk(session, method, field).await;
        surface.walks.push(walk);
        for (index, page) in pages.into_iter().enumerate() {
            match field {
                "tools" => surface
                    .tools
                    .extend(page.into_iter().map(|raw| Tool::take(raw, index + 1))),
                "prompts" => surface.prompts.extend(page),
                "resources" => surface.resources.extend(page),
                _ => surface.templates.extend(page),
            }
        }
    }
    surface
}

/// What a server says that it is, in either era.
pub(crate) fn server_info(hello: &Value) -> Value {
    let modern = &hello["_meta"]["io.modelcontextprotocol/serverInfo"];
    if modern.is_null() {
        hello["serverInfo"].clone()
    } else {
        modern.clone()
    }
}

/// What an entry of a list is known by.
fn id(field: &str, entry: &Value) -> String {
    let name = match field {
        "resources" => "uri",
        "resourceTemplates" => "uriTemplate",
        _ => "name",
    };
    entry[name]
        .as_str()
        .map_or_else(|| entry.to_string(), str::to_owned)
}

/// The entries that a walk has seen.
#[derive(Default)]
struct Seen {
    /// The page that had an entry first, by what the entry is known by.
    first: HashMap<String, usize>,
    without_news: usize,
}

impl Seen {
    /// Takes note of the walk's last page.
    fn page(&mut self, field: &str, page: &[Value], walk: &mut Walk) {
        let number = walk.pages.len();
        let known = self.first.len();
        for entry in page {
            let id = id(field, entry);
            match self.first.get(&id) {
                Some(first) if walk.repeated.len() < thresholds::REPEATS => {
                    walk.repeated.push((id, *first, number));
                }
                Some(_) => {}
                None => {
                    self.first.insert(id, number);
                }
            }
        }
        self.without_news = if self.first.len() > known {
            0
        } else {
            self.without_news + 1
        };
    }

    fn is_enough(&self, walk: &Walk) -> bool {
        walk.pages.len() >= thresholds::PAGES
            || walk.len() >= thresholds::ITEMS
            || self.without_news >= thresholds::PAGES_WITHOUT_NEWS
    }
}

/// Walks one list; the walk, and the entries page by page, of which no more than
/// [`thresholds::ITEMS_KEPT`] are kept.
pub async fn walk(session: &Session, method: &'static str, field: &str) -> (Walk, Vec<Vec<Value>>) {
    let mut walk = Walk {
        method,
        pages: Vec::new(),
        cursors: Vec::new(),
        exchanges: Vec::new(),
        envelopes: Vec::new(),
        repeated: Vec::new(),
        end: WalkEnd::Last,
    };
    let mut pages = Vec::new();
    let mut kept = 0;
    let mut followed = HashSet::new();
    let mut seen = Seen::default();
    let mut params = json!({});
    let begun = Instant::now();
    let longest = session.patience() * thresholds::WALK_TIMES;
    loop {
        let answer = match session.request(method, params).await {
            Ok(answer) => answer,
            Err(lost) => {
                walk.end = WalkEnd::Lost(lost.to_string());
                break;
            }
        };
        walk.exchanges.push(answer.exchange);
        let mut result = match answer.reply {
            Ok(result) => result,
            Err(error) => {
                walk.end = WalkEnd::Refused(error.code, error.message);
                break;
            }
        };
        let Some(Value::Array(mut page)) = result.get_mut(field).map(Value::take) else {
            walk.end = WalkEnd::BadPage(result);
            break;
        };
        walk.pages.push(page.len());
        seen.page(field, &page, &mut walk);
        page.truncate(thresholds::ITEMS_KEPT.saturating_sub(kept));
        page.shrink_to_fit();
        kept += page.len();
        pages.push(page);
        if let Some(object) = result.as_object_mut() {
            object.remove(field);
        }
        let next = result.get("nextCursor").cloned().unwrap_or_default();
        walk.envelopes.push(result);
        walk.end = match next {
            Value::Null => WalkEnd::Last,
            Value::String(cursor) if !followed.insert(cursor.clone()) => {
                WalkEnd::Loop(Value::String(cursor))
            }
            Value::String(_) if seen.is_enough(&walk) || begun.elapsed() > longest => {
                WalkEnd::TooMany
            }
            Value::String(cursor) => {
                params = json!({"cursor": cursor});
                walk.cursors.push(Value::String(cursor));
                continue;
            }
            other => WalkEnd::BadCursor(other),
        };
        break;
    }
    (walk, pages)
}

/// The surface of the main era, and what only the other shows.
pub fn merge(surfaces: &BTreeMap<Era, Surface>, main: Era) -> Surface {
    let Some(mut merged) = surfaces.get(&main).cloned() else {
        return Surface::default();
    };
    for (era, other) in surfaces.iter().filter(|(era, _)| **era != main) {
        let known: HashSet<_> = merged.tools.iter().map(said).collect();
        let new: Vec<_> = other
            .tools
            .iter()
            .filter(|tool| !known.contains(&said(tool)))
            .map(|tool| Tool {
                only_in: Some(*era),
                ..tool.clone()
            })
            .collect();
        drop(known);
        merged.tools.extend(new);
        for (ours, theirs) in [
            (&mut merged.prompts, &other.prompts),
            (&mut merged.resources, &other.resources),
            (&mut merged.templates, &other.templates),
        ] {
            let key = |entry: &Value| (entry["name"].to_string(), entry["description"].to_string());
            let known: HashSet<_> = ours.iter().map(key).collect();
            let new = theirs.iter().filter(|entry| !known.contains(&key(entry)));
            ours.extend(new.cloned());
        }
        if merged.instructions.is_none() {
            merged.instructions.clone_from(&other.instructions);
        }
    }
    merged
}

/// What a definition says to a model; the eras may differ in the rest.
fn said(tool: &Tool) -> (&str, &str, String) {
    let parameters = tool.input_schema["properties"].to_string();
    (&tool.name, &tool.description, parameters)
}

/// The reason of a walk's end, for people; none where it ended well.
pub fn why(end: &WalkEnd) -> Option<String> {
    match end {
        WalkEnd::Last => None,
        WalkEnd::Loop(cursor) => Some(format!("cursor {cursor} came back a second time")),
        WalkEnd::TooMany => Some("it has more pages or entries than are walked".to_owned()),
        WalkEnd::BadCursor(cursor) => Some(format!("nextCursor is {cursor}, no string")),
        WalkEnd::BadPage(_) => Some("the result has no array of entries".to_owned()),
        WalkEnd::Refused(code, message) => Some(format!("error {code}: {message}")),
        WalkEnd::Lost(why) => Some(why.clone()),
    }
}
