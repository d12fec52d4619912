//! Lists across GitHub's pages: fetch, keep what was asked for, say where to go on.

use kit::{Call, More, ToolError, answer::Further};
use seaworthy_kit as kit;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    client::Client,
    endpoint::Endpoint,
    model::{CheckRun, CheckRuns, SearchPage},
};

/// Requests that one call makes at most to fill one page of its answer.
const REQUESTS: usize = 5;

/// What a cursor of a list holds: the page's `Link`, how many of its items were given, and how
/// many items in all.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
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
        seen: position.seen,
    };
    let mut link = position.link.clone();
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

impl<T> List<T> {
    /// How many items were given in all, once `shown` of this list are.
    pub fn given(&self, shown: usize) -> u64 {
        self.seen + shown as u64
    }

    /// What follows after the first `shown` items, with the cursor that leads there.
    ///
    /// # Errors
    /// The cursor could not be made.
    pub fn more(&self, call: &Call, shown: usize) -> Result<Option<More>, ToolError> {
        let seen = self.given(shown);
        let next = if let Some((link, offset)) = self.origins.get(shown) {
            Position {
                link: link.clone(),
                offset: *offset,
                seen,
            }
        } else if let Some(rest) = &self.rest {
            Position {
                link: Some(rest.clone()),
                offset: 0,
                seen,
            }
        } else {
            return Ok(None);
        };
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
