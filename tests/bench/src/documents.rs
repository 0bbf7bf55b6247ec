//! What the bench sends.

pub const NODE: &str = include_str!("../graphql/node.graphql");
pub const PAGE: &str = include_str!("../graphql/page.graphql");
pub const SLOTS: &str = include_str!("../graphql/slots.graphql");
pub const CREATE: &str = include_str!("../graphql/create.graphql");

pub const SIGN_UP: &str = "mutation SignUp($input: SignUpInput!) { signUp(input: $input) {
    tenant { id } session { accessToken } userErrors { code message path } } }";
pub const ADD_STAFF: &str = "mutation AddStaff($input: AddStaffInput!) { addStaff(input: $input) {
    staff { id } userErrors { code message path } } }";
pub const SET_SCHEDULE: &str = "mutation SetSchedule($input: SetScheduleInput!) { setSchedule(input: $input) {
    schedule { id } userErrors { code message path } } }";
pub const CREATE_SERVICE: &str = "mutation CreateService($input: CreateServiceInput!) { createService(input: $input) {
    service { id } userErrors { code message path } } }";
