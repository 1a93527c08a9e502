//! A shop for pets by hand: what its document says, kept, or broken in one place.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::opponents::{Accepts, Reply, Seen, Server};

/// What the caller proves itself with.
pub(crate) const KEY: &str = "Pets-Key-81kd";

/// The document. `@create@`, `@refused@` and `@found@` stand for answers that rows describe otherwise.
pub(crate) const DOCUMENT: &str = r"
openapi: 3.0.3
info: { title: Pets, version: '1' }
security: [{ key: [] }]
paths:
  /pets:
    get:
      operationId: list
      parameters:
        - { name: limit, in: query, required: true, schema: { type: integer, minimum: 1, maximum: 50 } }
        - { name: status, in: query, schema: { type: string, enum: [sold, free] } }
        - name: tags
          in: query
          explode: false
          schema: { type: array, maxItems: 3, uniqueItems: true, items: { type: string, pattern: '^[a-z]{1,5}$' } }
        - { name: ages, in: query, schema: { type: array, minItems: 2, maxItems: 4, items: { type: integer, maximum: 30 } } }
      responses:
        '200':
          description: found
          content: { application/json: { schema: { type: array, items: { $ref: '#/components/schemas/Pet' } } } }
        '400': { description: refused }
        '401': { description: who are you }
    post:
      operationId: create
      requestBody:
        required: true
        content: { application/json: { schema: { $ref: '#/components/schemas/NewPet' } } }
      responses:
        '201':
          description: made
          content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } }
        '400': { description: refused }
        '401': { description: who are you }
        '409': { description: there is one of this name }
  /pets/{id}:
    get:
      operationId: show
      parameters: [{ name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }]
      responses:
        '200':
          description: found
          content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } }
        '400': { description: refused }
        '401': { description: who are you }
        '404': { description: none }
    delete:
      operationId: remove
      parameters: [{ name: id, in: path, required: true, schema: { type: integer, minimum: 1 } }]
      responses:
        '204': { description: gone }
        '400': { description: refused }
        '401': { description: who are you }
        '404': { description: none }
components:
  securitySchemes: { key: { type: apiKey, in: header, name: X-Key } }
  schemas:
    NewPet:
      type: object
      required: [name, kind, secret]
      properties:
        name: { type: string, minLength: 1, maxLength: 20 }
        kind: { type: string, enum: [cat, dog] }
        age: { type: integer, minimum: 0, maximum: 30 }
        tags: { type: array, maxItems: 3, items: { type: string, maxLength: 10 } }
        born: { type: string, format: date-time, nullable: true }
        secret: { type: string, writeOnly: true, maxLength: 30 }
    Pet:
      type: object
      required: [id, name, kind, secret]
      properties:
        id: { type: integer, format: int64, readOnly: true }
        name: { type: string, maxLength: 20 }
        kind: { type: string, enum: [cat, dog] }
        age: { type: integer, minimum: 0, maximum: 30 }
        tags: { type: array, maxItems: 3, items: { type: string } }
        born: { type: string, format: date-time, nullable: true }
        secret: { type: string, writeOnly: true }
";

/// How a shop differs from the plain one.
#[derive(Clone, Copy)]
pub(crate) struct Ways {
    /// Rules that are not enforced.
    pub(crate) lax: &'static [&'static str],
    /// What becomes of an answer.
    pub(crate) change: fn(&Seen, Reply) -> Reply,
    /// Whether a second pet of one name is refused.
    pub(crate) unique_names: bool,
    /// Whom it lets in, where that is not for the key's header to say.
    pub(crate) lets_in: Option<fn(&Seen) -> bool>,
    /// Whether a pet that is removed is there no longer.
    pub(crate) forgets: bool,
}

/// The plain shop.
pub(crate) const PLAIN: Ways =
    Ways { lax: &[], change: |_, reply| reply, unique_names: false, lets_in: None, forgets: false };

struct Shop {
    ways: Ways,
    pets: Mutex<BTreeMap<u64, Value>>,
}

/// Starts a shop, in which some pets stand already.
pub(crate) fn start(ways: Ways) -> Server {
    let pet = |id: u64| (id, json!({"id": id, "name": "Rex", "kind": "dog"}));
    let shop = Shop { ways, pets: Mutex::new((1..=3).map(pet).collect()) };
    let answer = move |seen: &Seen| (shop.ways.change)(seen, shop.answer(seen));
    Server::start(Arc::new(answer), Accepts::All)
}

impl Shop {
    fn enforces(&self, rule: &str) -> bool {
        !self.ways.lax.contains(&rule)
    }

    fn answer(&self, seen: &Seen) -> Reply {
        let path: Vec<&str> = seen.path.trim_start_matches('/').split('/').collect();
        let known = match (path.as_slice(), seen.method.as_str()) {
            (["pets"], "GET" | "POST") | (["pets", _], "GET" | "DELETE") => true,
            (["pets"] | ["pets", _], _) if self.enforces("method") => return refused(405),
            (["pets", ..], _) if !self.enforces("path") => true,
            _ => false,
        };
        if !known {
            return refused(404);
        }
        if self.ways.lets_in.is_some_and(|lets_in| !lets_in(seen)) {
            return refused(401);
        }
        if self.ways.lets_in.is_none() && self.enforces("key") && seen.header("X-Key") != Some(KEY)
        {
            let is_named = seen.header("X-Key").is_some_and(|key| !key.is_empty());
            if !is_named || self.enforces("any key") {
                return refused(401);
            }
        }
        let mut pets = self.pets.lock().expect("no panic in between");
        match (path.as_slice(), seen.method.as_str()) {
            (["pets"], "POST") => self.create(seen, &mut pets),
            (["pets", id], method) => {
                let Ok(id) = id.parse::<u64>() else {
                    return if self.enforces("id/type") { refused(400) } else { refused(200) };
                };
                if id == 0 && self.enforces("id/minimum") {
                    return refused(400);
                }
                // Any number is somebody, so that answers can be looked at.
                let found = pets.get(&id).cloned().unwrap_or_else(
                    || json!({"id": id % 1_000_000, "name": "Tom", "kind": "cat", "born": null}),
                );
                if self.ways.forgets && !pets.contains_key(&id) {
                    return refused(404);
                }
                if method == "DELETE" {
                    pets.remove(&id);
                    return Reply::empty(204);
                }
                Reply::json(200, found)
            }
            _ => self.list(seen, &pets),
        }
    }

    fn list(&self, seen: &Seen, pets: &BTreeMap<u64, Value>) -> Reply {
        let pairs: BTreeMap<&str, &str> =
            seen.query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        let limit = match pairs.get("limit").map(|text| text.parse::<i64>()) {
            Some(Ok(limit)) => limit,
            None if !self.enforces("limit/required") => 10,
            Some(Err(_)) if !self.enforces("limit/type") => 10,
            _ => return refused(400),
        };
        if limit < 1 && self.enforces("limit/minimum")
            || limit > 50 && self.enforces("limit/maximum")
        {
            return refused(400);
        }
        let lower = |text: &str| text.to_ascii_lowercase();
        let is_strict = self.enforces("status/letter case");
        let is_status = |text: &&str| {
            let held = if is_strict { (*text).to_owned() } else { lower(text) };
            ["sold", "free"].contains(&held.as_str())
        };
        if !pairs.get("status").is_none_or(is_status) && self.enforces("status/enum") {
            return refused(400);
        }
        if !self.takes_tags(pairs.get("tags").copied()) || !self.takes_ages(&seen.query) {
            return refused(400);
        }
        let limit = usize::try_from(limit).unwrap_or(0);
        Reply::json(200, pets.values().take(limit).cloned().collect())
    }

    fn takes_tags(&self, text: Option<&str>) -> bool {
        let Some(text) = text else { return true };
        let decode = |tag: &str| percent_decode_str(tag).decode_utf8_lossy().into_owned();
        let tags: Vec<String> =
            text.split(',').flat_map(|tag| tag.split("%7C")).map(decode).collect();
        let most = if self.enforces("query tags/four") { 3 } else { 4 };
        let longest = if self.enforces("query tags/six letters") { 5 } else { 6 };
        let is_tag = |tag: &String| {
            let letters = tag.chars().all(|c| {
                c.is_ascii_lowercase()
                    || !self.enforces("query tags/capitals") && c.is_ascii_uppercase()
            });
            letters && (1..=longest).contains(&tag.chars().count())
        };
        let mut seen = std::collections::HashSet::new();
        tags.len() <= most
            && tags.iter().all(is_tag)
            && (tags.iter().all(|tag| seen.insert(tag)) || !self.enforces("query tags/uniqueItems"))
    }

    fn takes_ages(&self, query: &str) -> bool {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let ages: Vec<&str> =
            pairs.filter(|(name, _)| *name == "ages").map(|(_, age)| age).collect();
        let oldest = if self.enforces("ages/31") { 30 } else { 31 };
        let is_age = |age: &&str| age.parse::<i64>().is_ok_and(|age| age <= oldest);
        let least = if self.enforces("ages/one") { 2 } else { 1 };
        // Some look at the first alone.
        let looked_at = if self.enforces("ages/others") { ages.len() } else { 1 };
        ages.is_empty()
            || (least..=4).contains(&ages.len()) && ages.iter().take(looked_at).all(is_age)
    }

    fn create(&self, seen: &Seen, pets: &mut BTreeMap<u64, Value>) -> Reply {
        let is_json =
            seen.header("Content-Type").is_some_and(|held| held.starts_with("application/json"));
        if !is_json {
            return refused(415);
        }
        if seen.body.len() > 1 << 20 {
            return refused(413);
        }
        let Ok(mut pet) = serde_json::from_slice::<Value>(&seen.body) else { return refused(400) };
        if !self.is_legal(&pet) {
            return refused(400);
        }
        let is_there = |held: &Value| held["name"] == pet["name"];
        if self.ways.unique_names && pets.values().any(is_there) {
            return refused(409);
        }
        let id = pets.keys().last().map_or(1, |id| id + 1);
        pet.as_object_mut().into_iter().for_each(|pet| {
            pet.retain(|name, _| ["name", "kind", "age", "tags", "born"].contains(&name.as_str()));
            pet.insert("id".to_owned(), id.into());
        });
        if pets.len() < 50 {
            pets.insert(id, pet.clone());
        }
        Reply::json(201, pet)
    }

    fn is_legal(&self, pet: &Value) -> bool {
        let Some(members) = pet.as_object() else { return false };
        let text = |value: &Value, rule: &str, least: usize, most: usize| match value {
            Value::String(text) => {
                let count = text.chars().count();
                (least <= count || !self.enforces(&format!("{rule}/minLength")))
                    && (count <= most || !self.enforces(&format!("{rule}/maxLength")))
            }
            _ => !self.enforces(&format!("{rule}/type")),
        };
        let required = ["name", "kind", "secret"]
            .iter()
            .all(|name| members.contains_key(*name) || !self.enforces(&format!("{name}/required")));
        required
            && members.iter().all(|(name, value)| match (name.as_str(), value) {
                ("name", value) => text(value, "name", 1, 20),
                ("secret", value) => text(value, "secret", 0, 30),
                ("kind", Value::String(kind)) => {
                    ["cat", "dog"].contains(&kind.as_str()) || !self.enforces("kind/enum")
                }
                ("kind", _) => false,
                ("age", Value::Number(age)) => age.as_f64().is_some_and(|age| {
                    let is_whole = age.fract() == 0.0 || !self.enforces("age/type");
                    is_whole
                        && (age >= 0.0 || !self.enforces("age/minimum"))
                        && (age <= 30.0 || !self.enforces("age/maximum"))
                }),
                ("tags", Value::Array(tags)) => {
                    (tags.len() <= 3 || !self.enforces("tags/maxItems"))
                        && tags.iter().all(|tag| text(tag, "tags/items", 0, 10))
                }
                ("born", Value::String(born)) => {
                    born.len() >= 20 && born.contains(['T', 't']) || !self.enforces("born/format")
                }
                ("born", Value::Null) => true,
                ("age" | "tags" | "born", _) => !self.enforces(&format!("{name}/type")),
                _ => true,
            })
    }
}

fn refused(status: u16) -> Reply {
    Reply::json(status, json!({"message": "no"}))
}
