//! Pagination: `per_page`, `page` and the `Link` header.

use form_urlencoded::Serializer;
use serde_json::Value;

use crate::reply::{Answer, Problem, Reply};
use crate::request::Call;

/// The page that a request asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// Which one, from 1.
    pub(crate) number: usize,
    /// How many a page.
    pub(crate) size: usize,
}

impl Page {
    /// Reads `page` and `per_page`; nonsense falls back to the defaults, as on GitHub.
    pub(crate) fn of(call: &Call) -> Self {
        let read = |name| call.query(name).and_then(|text| text.parse::<usize>().ok());
        Self {
            number: read("page").unwrap_or(1).max(1),
            size: read("per_page")
                .filter(|size| *size > 0)
                .unwrap_or(30)
                .min(100),
        }
    }

    /// The page of search results; search refuses to look past 1,000.
    pub(crate) fn of_search(call: &Call) -> Result<Self, Problem> {
        let page = Self::of(call);
        if page.number.saturating_mul(page.size) > 1_000 {
            return Err(Problem::new(
                422,
                "Only the first 1000 search results are available",
            ));
        }
        Ok(page)
    }

    /// This page's part of a list.
    pub(crate) fn cut<T>(self, items: Vec<T>) -> impl Iterator<Item = T> {
        let skipped = (self.number - 1).saturating_mul(self.size);
        items.into_iter().skip(skipped).take(self.size)
    }

    /// The `Link` header, or none when everything fits on one page.
    pub(crate) fn link(self, call: &Call, total: usize) -> Option<String> {
        let last = total.div_ceil(self.size).max(1);
        let mut links = Vec::new();
        if self.number > 1 {
            links.push(("prev", (self.number - 1).min(last)));
        }
        if self.number < last {
            links.push(("next", self.number + 1));
            links.push(("last", last));
        }
        if self.number > 1 {
            links.push(("first", 1));
        }
        let links: Vec<String> = links
            .into_iter()
            .map(|(rel, number)| format!("<{}>; rel=\"{rel}\"", address(call, number)))
            .collect();
        (!links.is_empty()).then(|| links.join(", "))
    }
}

/// Answers one page of a list, each item written only when it is on that page.
#[expect(clippy::unnecessary_wraps, reason = "so that a route can end with it")]
pub(crate) fn list<T>(call: &Call, items: Vec<T>, write: impl FnMut(T) -> Value) -> Answer {
    let page = Page::of(call);
    let link = page.link(call, items.len());
    Ok(Reply::json(page.cut(items).map(write).collect()).header("link", link))
}

/// Like [`list`], under a name and beside a total, as Actions and checks do.
#[expect(clippy::unnecessary_wraps, reason = "so that a route can end with it")]
pub(crate) fn counted<T>(
    call: &Call,
    name: &str,
    items: Vec<T>,
    write: impl FnMut(T) -> Value,
) -> Answer {
    let page = Page::of(call);
    let total = items.len();
    let written: Value = page.cut(items).map(write).collect();
    let body = serde_json::json!({"total_count": total, name: written});
    Ok(Reply::json(body).header("link", page.link(call, total)))
}

fn address(call: &Call, number: usize) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(call.query.iter().filter(|(name, _)| name != "page"));
    query.append_pair("page", &number.to_string());
    format!("{}{}?{}", call.origin, call.raw_path, query.finish())
}
