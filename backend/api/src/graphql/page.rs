//! What all connections share.

use async_graphql::SimpleObject;

/// Where a page ends.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether more rows follow.
    pub has_next_page: bool,
    /// The cursor of the last row. Null: the page is empty.
    pub end_cursor: Option<String>,
}
