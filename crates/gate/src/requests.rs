//! Requests made from what a server lists: the arguments of its prompts, the variables of its templates.

use serde_json::{Map, Value, json};

use crate::surface::Surface;

/// The value that is given where anything will do.
const ANYTHING: &str = "x";

/// The parameters of `prompts/get` for a listed prompt, its required arguments made up. None where it
/// has no name.
pub(crate) fn get_prompt(prompt: &Value) -> Option<Value> {
    let mut arguments = Map::new();
    for argument in prompt["arguments"].as_array().into_iter().flatten() {
        if argument["required"] == true
            && let Some(name) = argument["name"].as_str()
        {
            arguments.insert(name.to_owned(), json!(ANYTHING));
        }
    }
    Some(json!({"name": prompt["name"].as_str()?, "arguments": arguments}))
}

/// The parameters of `completion/complete` for the first argument of a prompt, or variable of a
/// template, that the server lists.
pub(crate) fn complete(surface: &Surface) -> Option<Value> {
    let of_prompt = surface.prompts.iter().find_map(|prompt| {
        let argument = prompt["arguments"][0]["name"].as_str()?;
        let reference = json!({"type": "ref/prompt", "name": prompt["name"].as_str()?});
        Some((reference, argument.to_owned()))
    });
    let of_template = || {
        surface.templates.iter().find_map(|template| {
            let uri = template["uriTemplate"].as_str()?;
            let variable = variables(uri).into_iter().next()?;
            Some((json!({"type": "ref/resource", "uri": uri}), variable))
        })
    };
    let (reference, argument) = of_prompt.or_else(of_template)?;
    Some(json!({"ref": reference, "argument": {"name": argument, "value": ""}}))
}

/// The names of the variables of a URI template (RFC 6570).
pub(crate) fn variables(template: &str) -> Vec<String> {
    expressions(template)
        .into_iter()
        .filter_map(Result::ok)
        .flat_map(|(_, names)| names)
        .collect()
}

/// A URI template with the same value for each variable (RFC 6570).
pub(crate) fn expand(template: &str, value: &str) -> String {
    let mut uri = String::new();
    for part in expressions(template) {
        match part {
            Err(text) => uri.push_str(text),
            Ok((operator, names)) => {
                let (first, between, named) = match operator {
                    '?' => ("?", "&", true),
                    '&' => ("&", "&", true),
                    ';' => (";", ";", true),
                    '/' => ("/", "/", false),
                    '.' => (".", ".", false),
                    '#' => ("#", ",", false),
                    _ => ("", ",", false),
                };
                for (index, name) in names.iter().enumerate() {
                    uri.push_str(if index == 0 { first } else { between });
                    if named {
                        uri.push_str(name);
                        uri.push('=');
                    }
                    uri.push_str(value);
                }
            }
        }
    }
    uri
}

/// The parts of a template: texts, and expressions with their operator (a blank where there is none).
fn expressions(template: &str) -> Vec<Result<(char, Vec<String>), &str>> {
    let mut parts = Vec::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('{') {
        let Some((inside, after)) = after.split_once('}') else {
            break;
        };
        parts.push(Err(text));
        let operator = inside
            .chars()
            .next()
            .filter(|first| "+#./;?&".contains(*first));
        let names = inside[operator.map_or(0, char::len_utf8)..]
            .split(',')
            .map(|name| {
                let name = name.trim_end_matches('*');
                name.split(':').next().unwrap_or_default().to_owned()
            })
            .filter(|name| !name.is_empty())
            .collect();
        parts.push(Ok((operator.unwrap_or(' '), names)));
        rest = after;
    }
    parts.push(Err(rest));
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_expanded() {
        assert_eq!(expand("a://{x}/b{?q,r}", "v"), "a://v/b?q=v&r=v");
        assert_eq!(expand("a://b{/path*}{#f:3}", "v"), "a://b/v#v");
        assert_eq!(expand("a://{broken", "v"), "a://{broken");
        assert_eq!(variables("a://{+x}/{y:2}{&z*}"), ["x", "y", "z"]);
    }

    #[test]
    fn completions_are_asked_for_what_is_listed() {
        let mut surface = Surface {
            templates: vec![json!({"uriTemplate": "a://{id}"})],
            ..Surface::default()
        };
        assert_eq!(complete(&surface).unwrap()["argument"]["name"], "id");
        surface.prompts = vec![json!({"name": "p", "arguments": [{"name": "n"}]})];
        assert_eq!(complete(&surface).unwrap()["ref"]["name"], "p");
        assert!(get_prompt(&json!({})).is_none());
    }
}
