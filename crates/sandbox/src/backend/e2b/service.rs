//! The REST part of the protocol: a sandbox is made and deleted.

use std::{fmt, sync::Arc, time::Duration};

use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode, Url,
    header::{HeaderMap, HeaderValue},
};
use serde::Deserialize;
use serde_json::json;
use tokio::{runtime::Handle, task::JoinHandle};

use super::{Key, Settings, acceptable_url};
use crate::Why;

/// The port of the service's daemon in each sandbox, which starts processes.
const DAEMON: &str = "49983";
const CONNECT: Duration = Duration::from_secs(10);
/// How long the service may take for one answer; a sandbox that has to boot needs a while.
const PATIENCE: Duration = Duration::from_secs(50);
/// How much of an error's text is passed on, in characters.
const SAID: usize = 300;
/// The longest answer that is read.
const MAX_ANSWER: usize = 64 * 1024;
/// Tries of a deletion, which must not fail for a moment's weakness.
const TRIES: u32 = 3;

/// A service with an account on it.
#[derive(Clone)]
pub(super) struct Service {
    client: Client,
    api: Url,
    sandbox_url: Option<Url>,
    key: Key,
    key_header: HeaderValue,
    template: String,
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service")
            .field("api", &self.api.as_str())
            .field("template", &self.template)
            .finish_non_exhaustive()
    }
}

impl Service {
    pub(super) fn new(settings: &Settings) -> Result<Self, Why> {
        let api = acceptable_url(&settings.api)?;
        let sandbox_url = settings
            .sandbox_url
            .as_deref()
            .map(acceptable_url)
            .transpose()?;
        let key_header = settings.key.header().ok_or_else(|| {
            Why::new(
                "the key cannot be sent in a header",
                "set E2B_API_KEY to the key as the service shows it",
            )
        })?;
        // an error means that a provider is installed already, which is as good
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            // a redirect would take the key and the code along
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .build()
            .map_err(|_| {
                Why::new(
                    "no certificates to trust were found on this machine",
                    "install the system's CA certificates (Debian: apt install ca-certificates)",
                )
            })?;
        Ok(Self {
            client,
            api,
            sandbox_url,
            key: settings.key.clone(),
            key_header,
            template: settings.template.clone(),
        })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.api.as_str().trim_end_matches('/'));
        self.client
            .request(method, url)
            .header("X-API-Key", self.key_header.clone())
            .timeout(PATIENCE)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Why> {
        let answer = request
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let said = body(answer).await.unwrap_or_default();
        Err(self.refused(status, &said))
    }

    pub(super) fn unreachable(&self, error: &reqwest::Error) -> Why {
        let what = if error.is_timeout() {
            "did not answer in time"
        } else if error.is_connect() {
            "cannot be reached"
        } else {
            "broke off"
        };
        let host = self.api.host_str().unwrap_or_default();
        Why::new(
            format!("the sandbox service {host} {what}"),
            "look at the network and the proxy of this machine, and at the service's status page",
        )
    }

    /// What the service refused, as something to act on.
    pub(super) fn refused(&self, status: StatusCode, said: &[u8]) -> Why {
        let text = String::from_utf8_lossy(said);
        let message = serde_json::from_slice::<Refused>(said)
            .map_or(text.into_owned(), |refused| refused.message);
        let message: String = self
            .key
            .hidden_in(message.trim())
            .chars()
            .take(SAID)
            .collect();
        let remedy = match status.as_u16() {
            401 => "set E2B_API_KEY to a valid key of this service".to_owned(),
            403 => "the account may not do this: look at its plan and limits, or use another key".to_owned(),
            400 | 404 => format!("look whether the service has the template {:?} and speaks version 2 of the API", self.template),
            429 => "the account's limit of sandboxes or requests is reached: try again later, or run fewer at once".to_owned(),
            300..400 => "set the service's URL to where it redirects: redirects are not followed, since the key would go along".to_owned(),
            _ => "try again; if it stays so, look at the service's status page".to_owned(),
        };
        Why::new(
            format!(
                "the sandbox service answered {}: {message}",
                status.as_u16()
            ),
            remedy,
        )
    }

    /// Whether the service knows the key.
    pub(super) async fn ready(&self) -> Result<(), Why> {
        let request = self.request(Method::GET, "/v2/sandboxes?limit=1");
        self.send(request).await.map(drop)
    }

    async fn create(&self, lifetime: Duration) -> Result<Made, Why> {
        let request = self.request(Method::POST, "/v2/sandboxes").json(&json!({
            "templateID": self.template,
            "timeout": lifetime.as_secs().max(1),
            "allow_internet_access": false,
            "secure": true,
            "metadata": {"seaworthy.sandbox": "1"},
            "envVars": {},
        }));
        let answer = self.send(request).await?;
        let bytes = body(answer)
            .await
            .map_err(|error| self.unreachable(&error))?;
        let odd = || {
            Why::new(
                "the sandbox service answered with something that is no sandbox",
                "look whether its URL is the API's, and whether it speaks E2B's protocol",
            )
        };
        let made: Made = serde_json::from_slice(&bytes).map_err(|_| odd())?;
        // the id becomes part of host names and paths
        let plain = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if plain(&made.id) {
            Ok(made)
        } else {
            Err(odd())
        }
    }

    async fn delete(&self, id: &str) -> Result<(), Why> {
        let mut tries = 1;
        loop {
            let request = self.request(Method::DELETE, &format!("/sandboxes/{id}"));
            let sent = request.send().await;
            let why = match sent {
                // one that is not there any more is as good
                Ok(answer)
                    if answer.status().is_success() || answer.status() == StatusCode::NOT_FOUND =>
                {
                    return Ok(());
                }
                Ok(answer) => {
                    let status = answer.status();
                    self.refused(status, &body(answer).await.unwrap_or_default())
                }
                Err(error) => self.unreachable(&error),
            };
            if tries == TRIES {
                return Err(why);
            }
            tokio::time::sleep(Duration::from_millis(200) * tries).await;
            tries += 1;
        }
    }
}

#[derive(Deserialize)]
struct Refused {
    message: String,
}

/// The sandbox that the service made.
#[derive(Deserialize)]
struct Made {
    #[serde(rename = "sandboxID")]
    id: String,
    #[serde(default)]
    domain: Option<String>,
    #[serde(default, rename = "envdAccessToken")]
    access: Option<String>,
    #[serde(default, rename = "trafficAccessToken")]
    traffic: Option<String>,
}

/// The start of an answer's body.
async fn body(mut answer: Response) -> Result<Vec<u8>, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        let room = MAX_ANSWER - bytes.len();
        bytes.extend_from_slice(&piece[..piece.len().min(room)]);
        if room <= piece.len() {
            break;
        }
    }
    Ok(bytes)
}

/// A sandbox that is deleted when it is dropped, unless that was done before.
pub(super) struct Machine {
    service: Arc<Service>,
    id: String,
    url: Url,
    headers: HeaderMap,
    deleted: bool,
}

/// The making of a sandbox. Whoever drops it has the sandbox deleted as soon as it is there.
struct Making {
    service: Arc<Service>,
    task: Option<JoinHandle<Result<Made, Why>>>,
}

impl Drop for Making {
    fn drop(&mut self) {
        let (Some(task), Ok(runtime)) = (self.task.take(), Handle::try_current()) else {
            return;
        };
        let service = self.service.clone();
        runtime.spawn(async move {
            if let Ok(Ok(made)) = task.await {
                delete_or_warn(&service, &made.id).await;
            }
        });
    }
}

async fn delete_or_warn(service: &Service, id: &str) {
    if let Err(why) = service.delete(id).await {
        tracing::warn!(sandbox = id, problem = %why, "a sandbox could not be deleted; it ends by its time limit");
    }
}

impl Machine {
    /// Asks for a sandbox that lives no longer than this.
    pub(super) async fn create(service: &Service, lifetime: Duration) -> Result<Self, Why> {
        let service = Arc::new(service.clone());
        let task = {
            let service = service.clone();
            // a task of its own: when the run is dropped meanwhile, there is a sandbox all the same
            tokio::spawn(async move { service.create(lifetime).await })
        };
        let mut making = Making {
            service: service.clone(),
            task: Some(task),
        };
        let made = match &mut making.task {
            Some(task) => task.await,
            None => return Err(Why::new("the sandbox was given up", "try again")),
        };
        making.task = None;
        let made =
            made.map_err(|_| Why::new("the making of a sandbox broke off", "try again"))??;
        // deleted from here on, whatever is wrong with the rest
        let mut machine = Self {
            url: service.api.clone(),
            service,
            id: made.id,
            headers: HeaderMap::new(),
            deleted: false,
        };
        machine.url = machine.address(made.domain.as_deref())?;
        machine.headers = headers(&machine.id, made.access, made.traffic).ok_or_else(|| {
            Why::new(
                "the sandbox service gave a token that is none",
                "look whether it speaks E2B's protocol",
            )
        })?;
        Ok(machine)
    }

    /// Where its daemon listens.
    fn address(&self, domain: Option<&str>) -> Result<Url, Why> {
        if let Some(url) = &self.service.sandbox_url {
            return Ok(url.clone());
        }
        let host = self.service.api.host_str().unwrap_or_default();
        let domain = domain
            .filter(|domain| !domain.is_empty())
            .unwrap_or_else(|| host.strip_prefix("api.").unwrap_or(host));
        let url = acceptable_url(&format!("https://{DAEMON}-{}.{domain}", self.id))?;
        // a domain with a path or a port in it would be another address than it seems
        if url.host_str().is_some_and(|host| host.ends_with(domain)) && url.path() == "/" {
            return Ok(url);
        }
        Err(Why::new(
            "the sandbox service gave a domain that is none",
            "set the URL of its sandboxes",
        ))
    }

    /// A call of the daemon in it.
    pub(super) fn call(&self, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.url.as_str().trim_end_matches('/'));
        self.service.client.post(url).headers(self.headers.clone())
    }

    pub(super) fn service(&self) -> &Service {
        &self.service
    }

    /// Deletes it, and returns when it is gone.
    pub(super) async fn delete(mut self) -> Result<(), Why> {
        let deleted = self.service.delete(&self.id).await;
        self.deleted = deleted.is_ok();
        deleted
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if self.deleted {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let (service, id) = (self.service.clone(), std::mem::take(&mut self.id));
        runtime.spawn(async move { delete_or_warn(&service, &id).await });
    }
}

/// What every request to a sandbox carries.
fn headers(id: &str, access: Option<String>, traffic: Option<String>) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    headers.insert("e2b-sandbox-id", HeaderValue::from_str(id).ok()?);
    headers.insert("e2b-sandbox-port", HeaderValue::from_static(DAEMON));
    for (name, token) in [
        ("x-access-token", access),
        ("e2b-traffic-access-token", traffic),
    ] {
        if let Some(token) = token {
            let mut token = HeaderValue::from_str(&token).ok()?;
            token.set_sensitive(true);
            headers.insert(name, token);
        }
    }
    Some(headers)
}
