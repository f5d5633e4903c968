//! What systems of relations have in common: kinds of objects, relations and permissions made of others, tuples, and
//! what is asserted. Each reader makes this of its own language; it knows nothing of Bailiwick.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Display, Formatter};

/// Kinds whose objects ask.
pub(super) const ASKING_KINDS: [&str; 3] = ["user", "employee", "application"];

/// An object, or somebody who asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) id: String,
}

/// One object, or with a relation whoever has that to it. The id `*` stands for everything of the kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Subject {
    pub(super) object: Object,
    pub(super) relation: Option<String>,
}

/// `object#relation@subject`, perhaps only under a condition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tuple {
    pub(super) object: Object,
    pub(super) relation: String,
    pub(super) subject: Subject,
    pub(super) conditional: bool,
}

/// Who has a relation or permission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Term {
    /// Whom a tuple names: kinds, `kind#relation`, `kind:*`.
    Direct(Vec<String>),
    /// Who has another relation to the same object.
    Computed(String),
    /// Who has a right to an object that this one has a relation to.
    From { right: String, relation: String },
    /// Who has any of them.
    Any(Vec<Term>),
    /// Who has each of them.
    All(Vec<Term>),
    /// Who has the first, and not the second.
    Without(Box<Term>, Box<Term>),
}

/// A question and what must be answered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Question {
    pub(super) subject: Object,
    pub(super) right: String,
    pub(super) object: Object,
}

/// Something that a file asserts: one question, or a list, which is a question about every known element.
#[derive(Clone, Debug)]
pub(super) struct Assertion {
    pub(super) questions: Vec<(Question, bool)>,
}

/// A store of a system.
#[derive(Clone, Debug, Default)]
pub(super) struct Store {
    pub(super) name: String,
    /// By kind and relation.
    pub(super) kinds: BTreeMap<String, BTreeMap<String, Term>>,
    /// Objects that nothing else may name.
    pub(super) objects: BTreeSet<Object>,
    pub(super) tuples: BTreeSet<Tuple>,
    pub(super) assertions: Vec<Assertion>,
}

impl Object {
    pub(super) fn new(kind: &str, id: &str) -> Self {
        Self { kind: kind.to_owned(), id: id.to_owned() }
    }

    /// Reads `kind:id`.
    pub(super) fn parse(text: &str) -> Self {
        let (kind, id) = text.split_once(':').unwrap_or_else(|| panic!("{text}"));
        Self::new(kind, id)
    }

    pub(super) fn asks(&self) -> bool {
        ASKING_KINDS.contains(&self.kind.as_str())
    }
}

impl Display for Object {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

impl Subject {
    pub(super) fn one(object: Object) -> Self {
        Self { object, relation: None }
    }

    /// Reads `kind:id` or `kind:id#relation`.
    pub(super) fn parse(text: &str) -> Self {
        match text.split_once('#') {
            Some((object, relation)) => Self { object: Object::parse(object), relation: Some(relation.to_owned()) },
            None => Self::one(Object::parse(text)),
        }
    }

    pub(super) fn is_everybody(&self) -> bool {
        self.object.id == "*"
    }
}

impl Store {
    /// What a relation of a kind is made of.
    pub(super) fn term(&self, kind: &str, relation: &str) -> Option<&Term> {
        self.kinds.get(kind)?.get(relation)
    }

    /// The tuples of a relation of an object.
    pub(super) fn tuples_of(&self, object: &Object, relation: &str) -> impl Iterator<Item = &Tuple> {
        self.tuples.iter().filter(move |tuple| tuple.object == *object && tuple.relation == relation)
    }

    /// The objects that an object has a relation to.
    pub(super) fn parents(&self, object: &Object, relation: &str) -> impl Iterator<Item = &Object> {
        self.tuples_of(object, relation).filter(|tuple| tuple.subject.relation.is_none()).map(|it| &it.subject.object)
    }

    /// Every relation that a term somewhere follows, with its kind.
    pub(super) fn parent_relations(&self) -> BTreeSet<(String, String)> {
        let followed = |(kind, relations): (&String, &BTreeMap<String, Term>)| {
            let names = relations.values().flat_map(Term::leaves).filter_map(|leaf| match leaf {
                Term::From { relation, .. } => Some((kind.clone(), relation.clone())),
                _ => None,
            });
            names.collect::<Vec<_>>()
        };
        self.kinds.iter().flat_map(followed).collect()
    }

    /// Whether a part of an intersection is had by everybody who asks or by nobody, whichever the object: it follows a
    /// relation to what only `kind:*` has.
    pub(super) fn is_of_everybody(&self, kind: &str, term: &Term) -> bool {
        let Term::From { right, relation } = term else { return false };
        let all_stars = |parent: &String| match self.term(parent, right) {
            Some(Term::Direct(named)) => named.iter().all(|name| name.ends_with(":*")),
            _ => false,
        };
        matches!(self.term(kind, relation), Some(Term::Direct(parents)) if parents.iter().all(all_stars))
    }

    /// Whether everybody of a kind has it to this object.
    pub(super) fn everybody_has(&self, asking: &str, object: &Object, term: &Term) -> bool {
        let Term::From { right, relation } = term else { return false };
        let star = Subject::one(Object::new(asking, "*"));
        self.parents(object, relation).any(|parent| self.tuples_of(parent, right).any(|tuple| tuple.subject == star))
    }

    /// Everybody who asks that anything names.
    pub(super) fn people(&self) -> BTreeSet<Object> {
        let named = self.tuples.iter().map(|tuple| &tuple.subject).filter(|it| !it.is_everybody());
        let asked = self.assertions.iter().flat_map(|assertion| &assertion.questions).map(|(it, _)| &it.subject);
        named.map(|subject| &subject.object).chain(asked).filter(|object| object.asks()).cloned().collect()
    }

    /// Every object of a kind with relations that anything names.
    pub(super) fn things(&self) -> BTreeSet<Object> {
        let in_tuples = self.tuples.iter().flat_map(|tuple| [&tuple.object, &tuple.subject.object]);
        let asked = self.assertions.iter().flat_map(|assertion| &assertion.questions).map(|(it, _)| &it.object);
        let people = self.people();
        let all = in_tuples.chain(asked).chain(&self.objects).chain(&people).filter(|object| object.id != "*");
        all.filter(|object| self.kinds.get(&object.kind).is_some_and(|it| !it.is_empty())).cloned().collect()
    }

    /// Every question there is.
    pub(super) fn every_question(&self) -> Vec<Question> {
        let (people, mut all) = (self.people(), Vec::new());
        for object in self.things() {
            for right in self.kinds[&object.kind].keys() {
                all.extend(people.iter().map(|subject| Question {
                    subject: subject.clone(),
                    right: right.clone(),
                    object: object.clone(),
                }));
            }
        }
        all
    }
}

impl Term {
    /// The terms of which this is made, down to those that are made of no others.
    pub(super) fn leaves(&self) -> Vec<&Self> {
        match self {
            Self::Direct(_) | Self::Computed(_) | Self::From { .. } => vec![self],
            Self::Any(terms) | Self::All(terms) => terms.iter().flat_map(Self::leaves).collect(),
            Self::Without(one, other) => [one.leaves(), other.leaves()].concat(),
        }
    }
}
