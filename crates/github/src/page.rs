//! Lists across GitHub's pages: fetch, keep what was asked for, say where to go on.

use kit::{Call, More, ToolError, answer::Further, data};
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::form_urlencoded;

use crate::{
    client::Client,
    endpoint::Endpoint,
    model::{CheckRun, CheckRuns, SearchPage},
};

/// Requests that one call makes at most to fill one page of its answer.
const REQUESTS: usize = 5;

/// What a cursor of a list holds: the page's `Link`, how many of its items were given, and how
/// many items in all. The link is kept without what the arguments say anyway, since a cursor is
/// bound to them: a long query would make it longer than an argument may be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Whether the link is without those parameters that it shares with the first request.
    #[serde(rename = "p", default, skip_serializing_if = "std::ops::Not::not")]
    partial: bool,
    #[serde(rename = "o", default)]
    offset: usize,
    #[serde(rename = "s", default)]
    seen: u64,
}

impl Position {
    /// Where `cursor` points, or the start.
    ///
    /// # Errors
    /// The cursor is not one that this list gave.
    pub fn of(call: &Call, cursor: Option<&str>) -> Result<Self, ToolError> {
        cursor.map_or_else(|| Ok(Self::default()), |cursor| call.open_cursor(cursor))
    }

    /// How many items were given before.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    fn at(link: Option<&str>, query: &str, offset: usize, seen: u64) -> Self {
        let short = link.and_then(|link| without_shared(link, query));
        Self {
            partial: short.is_some(),
            link: short.or_else(|| link.map(str::to_owned)),
            offset,
            seen,
        }
    }

    fn link(&self, query: &str) -> Option<String> {
        let link = self.link.as_deref()?;
        Some(if self.partial {
            with_shared(link, query)
        } else {
            link.to_owned()
        })
    }
}

fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

fn name(pair: &str) -> String {
    pairs(pair).pop().map(|(name, _)| name).unwrap_or_default()
}

/// The link without the parameters that are in `query` with the same value; `per_page` stays,
/// since a position counts items of such pages. `None` where [`with_shared`] could not undo it.
fn without_shared(link: &str, query: &str) -> Option<String> {
    let (path, parameters) = link.split_once('?')?;
    let (theirs, own) = (pairs(parameters), pairs(query));
    let times = |wanted: &str| theirs.iter().filter(|(name, _)| name == wanted).count();
    if own.iter().any(|(name, _)| times(name) != 1) {
        return None;
    }
    let differs = |pair: &&str| match pairs(pair).pop() {
        Some(pair) => pair.0 == "per_page" || !own.contains(&pair),
        None => false,
    };
    let kept: Vec<_> = parameters.split('&').filter(differs).collect();
    Some(format!("{path}?{}", kept.join("&")))
}

/// Adds the parameters of `query` that `link` does not name itself.
fn with_shared(link: &str, query: &str) -> String {
    let (path, parameters) = link.split_once('?').unwrap_or((link, ""));
    let theirs: Vec<_> = pairs(parameters)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let shared = query
        .split('&')
        .filter(|pair| !theirs.contains(&name(pair)));
    let all: Vec<_> = shared
        .chain([parameters])
        .filter(|p| !p.is_empty())
        .collect();
    format!("{path}?{}", all.join("&"))
}

/// A body that holds a page of a list.
pub trait PageBody: DeserializeOwned {
    /// What the list is of.
    type Item;
    /// The items, and how many the whole list has where the API says so.
    fn into_items(self) -> (Vec<Self::Item>, Option<u64>);
    /// Whether the API gave up before it had looked everywhere.
    fn incomplete(&self) -> bool {
        false
    }
}

impl<T: DeserializeOwned> PageBody for Vec<T> {
    type Item = T;
    fn into_items(self) -> (Self, Option<u64>) {
        (self, None)
    }
}

impl<T: DeserializeOwned> PageBody for SearchPage<T> {
    type Item = T;
    fn into_items(self) -> (Vec<T>, Option<u64>) {
        (self.items, Some(self.total_count))
    }
    fn incomplete(&self) -> bool {
        self.incomplete_results
    }
}

impl PageBody for CheckRuns {
    type Item = CheckRun;
    fn into_items(self) -> (Vec<CheckRun>, Option<u64>) {
        (self.check_runs, Some(self.total_count))
    }
}

/// What was gathered for one page of an answer.
#[derive(Debug)]
pub struct List<T> {
    /// The items, perhaps more than the answer will show.
    pub items: Vec<T>,
    /// How many the whole list has, where known.
    pub total: Option<u64>,
    /// Whether the API gave up before it had looked everywhere.
    pub incomplete: bool,
    origins: Vec<(Option<String>, usize)>,
    rest: Option<String>,
    query: String,
    seen: u64,
}

/// Gathers items that `keep` keeps until there are more than `want`, the list ends, or
/// [`REQUESTS`] requests were made.
///
/// # Errors
/// The first request failed, or a later one.
pub async fn gather<B: PageBody>(
    client: &Client,
    endpoint: &Endpoint,
    position: &Position,
    want: usize,
    keep: impl Fn(&B::Item) -> bool,
) -> Result<List<B::Item>, ToolError> {
    let mut list = List {
        items: Vec::new(),
        total: None,
        incomplete: false,
        origins: Vec::new(),
        rest: None,
        query: endpoint.query.clone(),
        seen: position.seen,
    };
    let mut link = position.link(&endpoint.query);
    let mut skip = position.offset;
    for _ in 0..REQUESTS {
        let fetched = match &link {
            Some(link) => client.get_link::<B>(link, endpoint).await?,
            None => client.get::<B>(endpoint).await?,
        };
        list.incomplete |= fetched.data.incomplete();
        let (items, total) = fetched.data.into_items();
        list.total = total;
        for (index, item) in items.into_iter().enumerate().skip(skip) {
            if keep(&item) {
                list.items.push(item);
                list.origins.push((link.clone(), index));
            }
        }
        skip = 0;
        list.rest.clone_from(&fetched.next);
        if list.rest.is_none() || list.items.len() > want {
            break;
        }
        link = fetched.next;
    }
    Ok(list)
}

/// Results that search gives at most, whatever it finds.
const SEARCH_CEILING: u64 = 1_000;

impl<T> List<T> {
    /// As [`Self::more`], for a search: past its ceiling only another query reaches further, such
    /// as one with `refinement`.
    ///
    /// # Errors
    /// The cursor could not be made.
    pub fn more_of_search(
        &self,
        call: &Call,
        shown: usize,
        refinement: &str,
    ) -> Result<Option<More>, ToolError> {
        let more = self.more(call, shown)?;
        let (total, given) = (self.total.unwrap_or_default(), self.given(shown));
        if more.is_some() || given < SEARCH_CEILING || total <= given {
            return Ok(more);
        }
        let next =
            format!("search gives 1,000 results at most; refine the query, as in {refinement}");
        Ok(Some(More::by(Further::Exactly(total - given), next)))
    }

    /// How many items were given in all, once `shown` of this list are.
    pub fn given(&self, shown: usize) -> u64 {
        self.seen + shown as u64
    }

    /// The page of data that this list makes: at most `size` items, as many as have room, and the
    /// cursor of the next page.
    ///
    /// # Errors
    /// The cursor could not be made.
    pub fn data<D: Serialize>(
        &self,
        call: &Call,
        size: usize,
        item: impl Fn(&T) -> D,
    ) -> Result<(Vec<D>, Option<String>), ToolError> {
        let mut items: Vec<_> = self.items.iter().take(size).map(item).collect();
        items.truncate(data::fitting(&items, size));
        let next = self.next(items.len());
        let cursor = next.map(|next| call.seal_cursor(&next)).transpose()?;
        Ok((items, cursor))
    }

    /// Where the list goes on after the first `shown` items.
    fn next(&self, shown: usize) -> Option<Position> {
        let at = |link, offset| Position::at(link, &self.query, offset, self.given(shown));
        if let Some((link, offset)) = self.origins.get(shown) {
            return Some(at(link.as_deref(), *offset));
        }
        self.rest.as_deref().map(|rest| at(Some(rest), 0))
    }

    /// What follows after the first `shown` items, with the cursor that leads there.
    ///
    /// # Errors
    /// The cursor could not be made.
    pub fn more(&self, call: &Call, shown: usize) -> Result<Option<More>, ToolError> {
        let Some(next) = self.next(shown) else {
            return Ok(None);
        };
        let seen = self.given(shown);
        let here = (self.items.len() - shown.min(self.items.len())) as u64;
        let further = match self.total {
            Some(total) => Further::Exactly(total.saturating_sub(seen)),
            None if self.rest.is_none() => Further::Exactly(here),
            None if here > 0 => Further::AtLeast(here),
            None => Further::Unknown,
        };
        Ok(Some(More::at(further, &call.seal_cursor(&next)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_query_makes_no_long_position() {
        let query = format!("q={}&sort=created&per_page=50", "%E6%BD%AE".repeat(256));
        // GitHub writes the same query in its own way and order
        let link = format!(
            "/search/issues?per_page=50&page=2&sort=created&q={}",
            "潮".repeat(256)
        );
        let position = Position::at(Some(&link), &query, 7, 57);
        assert_eq!(
            position.link.as_deref(),
            Some("/search/issues?per_page=50&page=2")
        );
        let whole = position.link(&query).unwrap();
        let (path, parameters) = whole.split_once('?').unwrap();
        let (mut had, mut has) = (pairs(link.split_once('?').unwrap().1), pairs(parameters));
        had.sort();
        has.sort();
        assert_eq!((path, has), ("/search/issues", had));
    }

    #[test]
    fn a_link_that_could_not_be_made_whole_again_is_kept_as_it_is() {
        for link in [
            "/repositories/7/issues?page=2",
            "/x",
            "/x?state=open&state=open",
            "/x?after=abc%3D%3D&",
        ] {
            let position = Position::at(Some(link), "state=open", 0, 0);
            assert_eq!(position.link("state=open").as_deref(), Some(link));
        }
        let changed = Position::at(Some("/x?page=2&state=all"), "page=1&state=open", 0, 0);
        assert_eq!(
            changed.link("page=1&state=open").as_deref(),
            Some("/x?page=2&state=all")
        );
    }
}
