//! Whether a tool returns a collection that can grow, by its words.

use serde_json::Value;

use crate::{surface::Tool, verbs};

/// Verbs of names that say: this returns a collection, whatever follows.
const LISTING: &[&str] = &[
    "browse",
    "dir",
    "enumerate",
    "grep",
    "list",
    "listing",
    "ls",
    "query",
    "scan",
    "search",
    "tail",
];

/// Verbs of names that say so when a plural follows.
const READING: &[&str] = &[
    "all", "fetch", "filter", "find", "get", "load", "lookup", "open", "pull", "query", "read",
    "retrieve", "scan", "show", "view", "export",
];

/// Words of names that say: what comes back is one thing, or a number.
const SINGLE: &[&str] = &[
    "average",
    "count",
    "number",
    "one",
    "random",
    "single",
    "stats",
    "statistics",
    "sum",
    "summary",
    "total",
];

/// Plurals, as far as their letters go, that name one thing.
const NO_PLURALS: &[&str] = &[
    "access",
    "address",
    "alias",
    "analysis",
    "analytics",
    "basis",
    "bus",
    "canvas",
    "class",
    "contents",
    "coordinates",
    "credentials",
    "details",
    "diagnostics",
    "diff",
    "dimensions",
    "does",
    "dns",
    "gas",
    "headers",
    "https",
    "instructions",
    "insights",
    "is",
    "its",
    "kubernetes",
    "links",
    "metadata",
    "metrics",
    "news",
    "os",
    "preferences",
    "process",
    "progress",
    "properties",
    "redis",
    "rss",
    "settings",
    "specs",
    "statistics",
    "stats",
    "status",
    "sms",
    "tls",
    "this",
    "usage",
    "was",
    "yes",
];

/// Nouns of sets that are small by nature.
const BOUNDED: &[&str] = &[
    "aliases",
    "algorithms",
    "backends",
    "calendars",
    "capabilities",
    "categories",
    "channels",
    "codecs",
    "colors",
    "colours",
    "columns",
    "commands",
    "continents",
    "currencies",
    "dialects",
    "directories",
    "drives",
    "encodings",
    "engines",
    "environments",
    "features",
    "flags",
    "fonts",
    "formats",
    "kinds",
    "languages",
    "levels",
    "limits",
    "locales",
    "models",
    "modes",
    "months",
    "operations",
    "operators",
    "permissions",
    "planets",
    "platforms",
    "plugins",
    "presets",
    "priorities",
    "profiles",
    "providers",
    "regions",
    "roles",
    "roots",
    "schemas",
    "scopes",
    "severities",
    "sizes",
    "states",
    "statuses",
    "strategies",
    "styles",
    "templates",
    "themes",
    "timezones",
    "tools",
    "types",
    "units",
    "variables",
    "variants",
    "versions",
    "voices",
    "weekdays",
    "zones",
];

/// Words before which a noun stands that the name is about.
const PREPOSITIONS: &[&str] = &[
    "at", "between", "by", "for", "from", "in", "near", "of", "on", "since", "to", "with", "within",
];

/// Phrases that say how many there are, or that there are few.
const SAID_BOUNDS: &[&str] = &[
    "at most",
    "built-in",
    "capped at",
    "fixed list",
    "fixed set",
    "hard-coded",
    "is limited to",
    "limited to the",
    "maximum of",
    "never more than",
    "no more than",
    "not more than",
    "predefined",
    "small fixed",
    "supported",
    "up to ",
];

const NUMBERS: &[&str] = &[
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "twenty", "fifty", "hundred",
];

/// Why a tool is taken to return a collection that can grow; none where it is not.
pub fn collection(tool: &Tool) -> Option<String> {
    if is_acting(tool) {
        return None;
    }
    let words = verbs::words(&tool.name);
    if words.iter().any(|word| SINGLE.contains(&word.as_str()))
        || is_bounded(tool, &words)
        || is_batch(tool)
    {
        return None;
    }
    by_name(tool, &words)
        .or_else(|| by_output(tool))
        .or_else(|| by_description(&tool.description))
}

/// Whether the name begins with a listing verb, even if a later word acts (`list_open_orders`).
pub(crate) fn words_list(tool: &Tool) -> bool {
    verbs::words(&tool.name)
        .first()
        .is_some_and(|word| LISTING.contains(&word.as_str()) || word == "find")
}

/// Whether the tool acts, by the verbs of its name and the first of its description. Plurals in a name
/// are nouns (`customer_orders`), and so is what follows a verb that reads (`get_order`).
fn is_acting(tool: &Tool) -> bool {
    let words = verbs::words(&tool.name);
    let reads = words.first().is_some_and(|word| {
        LISTING.contains(&word.as_str())
            || READING.contains(&word.as_str()) && word != "export" && word != "open"
    });
    let verb = tool
        .description
        .split(|character: char| !character.is_alphanumeric())
        .find(|word| !word.is_empty())
        .unwrap_or_default()
        .to_lowercase();
    let first = words
        .first()
        .is_some_and(|word| verbs::acts(word).is_some());
    let later = words
        .iter()
        .skip(1)
        .any(|word| !word.ends_with('s') && verbs::acts(word).is_some());
    verbs::acts(&verb).is_some() || !reads && (first || later)
}

fn by_name(tool: &Tool, words: &[String]) -> Option<String> {
    let about: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .take_while(|word| !PREPOSITIONS.contains(word))
        .collect();
    let noun = about.last().copied().unwrap_or_default();
    if about.contains(&"list") || about.contains(&"search") || about.contains(&"all") {
        return Some(format!("its name says so ({})", tool.name));
    }
    let verb = about
        .iter()
        .position(|word| LISTING.contains(word) || READING.contains(word))?;
    let listing = LISTING.contains(&about[verb]) && about[verb] != "query" && about[verb] != "scan";
    (listing || (is_plural(noun) && about.len() > verb + 1))
        .then(|| format!("its name says so ({})", tool.name))
}

/// Whether a word is a plural of things that may be many.
pub fn is_plural(word: &str) -> bool {
    matches!(word, "children" | "people" | "entries" | "history" | "logs")
        || (word.len() > 3
            && word.ends_with('s')
            && !["ss", "us", "is", "ous"]
                .iter()
                .any(|end| word.ends_with(end))
            && !NO_PLURALS.contains(&word))
}

/// Whether the output schema has an array under a name for entries, or under one that the tool's name has.
fn by_output(tool: &Tool) -> Option<String> {
    let schema = tool.output_schema.as_ref()?;
    let properties = schema["properties"].as_object()?;
    let many = |schema: &Value| schema["type"] == "array" && schema.get("maxItems").is_none();
    let words = verbs::words(&tool.name);
    let (name, _) = properties.iter().find(|(name, schema)| {
        many(schema)
            && (is_entries(name) || is_plural(name) && words.contains(name))
            // an array of fixed words is no collection
            && schema["items"].get("enum").is_none()
    })?;
    Some(format!("its output schema has the array {name}"))
}

fn is_entries(name: &str) -> bool {
    matches!(
        name,
        "data"
            | "documents"
            | "entries"
            | "hits"
            | "items"
            | "matches"
            | "records"
            | "result"
            | "results"
            | "rows"
    )
}

fn by_description(description: &str) -> Option<String> {
    let lower = description.to_lowercase();
    let first: String = lower
        .split(['.', '\n', ';'])
        .find(|sentence| !sentence.trim().is_empty())?
        .to_owned();
    let first = first.trim();
    let mut words = first
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let verb = words.next()?;
    let is_listing = LISTING.contains(&verb.strip_suffix("es").unwrap_or(verb))
        || LISTING.contains(&verb.strip_suffix('s').unwrap_or(verb));
    let many = words
        .take(6)
        .take_while(|word| !PREPOSITIONS.contains(word))
        .find(|word| is_plural(word) && !BOUNDED.contains(word));
    if let (true, Some(many)) = (is_listing, many) {
        return Some(format!("its description says so (\"{verb} ... {many}\")"));
    }
    let verbs = [
        "return",
        "returns",
        "get",
        "gets",
        "show",
        "shows",
        "fetch",
        "fetches",
        "retrieve",
        "retrieves",
    ];
    for verb in verbs {
        for many in [
            "all",
            "a list of all",
            "every",
            "the list of all",
            "an array of all",
            "the full list of",
            "the complete list of",
            "the entire",
        ] {
            let phrase = format!("{verb} {many} ");
            if first.starts_with(&phrase)
                && (many != "all" && many != "the entire"
                    || first[phrase.len()..]
                        .split_whitespace()
                        .take(4)
                        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
                        .any(|word| is_plural(word) && !BOUNDED.contains(&word)))
            {
                return Some(format!("its description says so (\"{}\")", phrase.trim()));
            }
        }
    }
    None
}

/// Whether the words say that there are few, or how many there are at most.
fn is_bounded(tool: &Tool, words: &[String]) -> bool {
    let lower = tool.description.to_lowercase();
    if words.iter().any(|word| {
        BOUNDED.contains(&word.as_str())
            || NUMBERS.contains(&word.as_str())
            || matches!(
                word.as_str(),
                "allowed" | "available" | "enabled" | "supported" | "top"
            )
            || word.chars().all(|character| character.is_ascii_digit())
    }) || SAID_BOUNDS.iter().any(|phrase| lower.contains(phrase))
    {
        return true;
    }
    let said: Vec<&str> = lower
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    said.windows(2).any(|pair| {
        let number = NUMBERS.contains(&pair[1]) || pair[1].parse::<u32>().is_ok();
        number
            && matches!(
                pair[0],
                "all"
                    | "best"
                    | "first"
                    | "last"
                    | "latest"
                    | "only"
                    | "our"
                    | "the"
                    | "these"
                    | "top"
            )
    })
}

/// Whether it takes a list of what to return: as much comes back as was asked for.
fn is_batch(tool: &Tool) -> bool {
    let plain = |name: &str| name.to_lowercase();
    tool.required().any(|name| {
        let schema = &tool.input_schema["properties"][name];
        schema["type"] == "array"
            && (plain(name).ends_with('s') || plain(name).contains("list"))
            && !matches!(
                plain(name).as_str(),
                "fields" | "tags" | "labels" | "filters" | "columns" | "types"
            )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tool(name: &str, description: &str) -> Tool {
        Tool {
            name: name.to_owned(),
            description: description.to_owned(),
            ..Tool::default()
        }
    }

    #[test]
    fn names_and_sentences_say_what_is_a_collection() {
        for (name, description) in [
            ("list_users", ""),
            ("searchIssues", ""),
            ("search", ""),
            ("find_notes", ""),
            ("get_orders", ""),
            ("fetch-messages", ""),
            ("get_all_rows", ""),
            ("get_comments_by_issue", ""),
            ("list_directory", "Get a listing of all files in a path."),
            ("list_open_orders", "Lists the open orders."),
            ("inventory", "Returns all products that are in stock."),
            ("customers_list", ""),
            ("customer_orders", "Lists the orders of a customer."),
            ("customer_orders", "Searches invoices."),
        ] {
            assert!(collection(&tool(name, description)).is_some(), "{name}");
        }
        for (name, description) in [
            ("get_user", ""),
            ("route", "Searches the shortest way between two towns."),
            ("allowed", "Lists the allowed directories."),
            ("get_status", ""),
            ("read_note", "Shows the whole text of one note."),
            ("find_user_by_email", ""),
            ("count_users", ""),
            ("search_count", ""),
            ("list_allowed_directories", ""),
            ("list_supported_currencies", ""),
            ("get_top_10_songs", ""),
            ("list_offices", "Lists the five offices of the company."),
            (
                "list_members",
                "Lists the members of a team, which has at most 12.",
            ),
            ("get_weather_details", ""),
            ("delete_users", "Deletes users."),
            ("update_all", "Updates everything."),
            ("echo", "Returns all that was said."),
            (
                "get-env",
                "Returns all environment variables, helpful for debugging",
            ),
            ("add", "Gets the sum of two numbers."),
            ("sequential_thinking", "A tool for thinking in steps."),
        ] {
            assert_eq!(collection(&tool(name, description)), None, "{name}");
        }
    }
}
