//! The same questions in the compact form and on a stream.

use std::time::Instant;

use bailiwick::proto::v1::batch_check_permissions_request::CompactChecks;
use bailiwick::proto::v1::check_permission_request::Target as Single;
use bailiwick::proto::v1::stream_check_permissions_response::Outcome;
use bailiwick::proto::v1::{
    BatchCheckPermissionsRequest, CheckPermissionRequest, Decision, StreamCheckPermissionsRequest,
};

use super::{About, Answer, Asked, BATCH, Exam, Target};

impl Exam {
    /// Asks in the compact form about all privileges of some subjects, without target or on what the exam is about.
    pub(crate) async fn ask_compactly(
        &self,
        subjects: impl IntoIterator<Item = usize>,
        expected: impl Fn(usize, usize) -> bool,
    ) -> Asked {
        let (mut asked, start) = (Asked::default(), Instant::now());
        let mut client = self.connections[0].permission.clone();
        let (resources, tenants) = match &self.about {
            About::Everything | About::Nothing => (Vec::new(), Vec::new()),
            About::Tenant(tenant) => (Vec::new(), vec![tenant.clone()]),
            About::Resource(resource) => (vec![resource.clone()], Vec::new()),
            About::Itself => panic!("the target would differ from subject to subject"),
        };
        for subject in subjects {
            for (piece, keys) in self.names.privileges.chunks(BATCH).enumerate() {
                let compact = CompactChecks {
                    subject: self.names.subjects[subject].clone(),
                    privileges: keys.to_vec(),
                    resources: resources.clone(),
                    tenants: tenants.clone(),
                };
                let application = self.names.application.clone();
                let request =
                    BatchCheckPermissionsRequest { application, compact: Some(compact), ..Default::default() };
                let answer = client.batch_check_permissions(request).await.unwrap().into_inner().compact.unwrap();
                assert_eq!(answer.decisions.len(), keys.len());
                for (at, decision) in answer.decisions().enumerate() {
                    let pair = (subject, piece * BATCH + at);
                    let answer = Answer::from(decision == Decision::Allowed);
                    assert_eq!(answer.allowed, expected(pair.0, pair.1), "{}", self.shown(pair));
                    asked = asked.with(&answer);
                }
            }
        }
        Asked { took: start.elapsed(), ..asked }
    }

    /// Asks about all pairs of a subject and a privilege on one stream.
    pub(crate) async fn ask_on_a_stream(
        &self,
        pairs: impl IntoIterator<Item = (usize, usize)>,
        expected: impl Fn(usize, usize) -> bool,
    ) -> Asked {
        let (mut asked, start) = (Asked::default(), Instant::now());
        let pairs: Vec<(usize, usize)> = pairs.into_iter().collect();
        let messages: Vec<StreamCheckPermissionsRequest> =
            (0..).zip(&pairs).map(|(id, pair)| self.message(id, *pair)).collect();
        let mut client = self.connections[0].permission.clone();
        let mut answers = client.stream_check_permissions(tokio_stream::iter(messages)).await.unwrap().into_inner();
        for (id, pair) in (0..).zip(&pairs) {
            let answer = answers.message().await.unwrap().unwrap();
            assert_eq!(answer.correlation_id, id);
            let Some(Outcome::Result(result)) = answer.outcome else { panic!("{answer:?}") };
            let answer = Answer::from(result.decision() == Decision::Allowed);
            assert_eq!(answer.allowed, expected(pair.0, pair.1), "{}", self.shown(*pair));
            asked = asked.with(&answer);
        }
        assert!(answers.message().await.unwrap().is_none());
        Asked { took: start.elapsed(), ..asked }
    }

    fn message(&self, correlation_id: u64, pair: (usize, usize)) -> StreamCheckPermissionsRequest {
        let check = self.question(pair);
        let target = check.target.map(|target| match target {
            Target::Tenant(tenant) => Single::Tenant(tenant),
            Target::Resource(resource) => Single::Resource(resource),
        });
        let check = CheckPermissionRequest {
            application: self.names.application.clone(),
            subject: check.subject,
            privilege: check.privilege,
            target,
            ..Default::default()
        };
        StreamCheckPermissionsRequest { correlation_id, check: Some(check) }
    }
}
