//! Scopes and traversal specs over the API.
