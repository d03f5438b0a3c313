#include "imap/server/dispatch.hpp"

#include <algorithm>
#include <variant>

namespace mailhold::imap::server {
namespace {

Updates updates_beside(wire::NumberKind kind) {
    return kind == wire::NumberKind::uid ? Updates::all : Updates::without_expunge;
}

// RFC 3501 section 6, one line a command.
struct Rules {
    Rule operator()(const wire::Capability&) const { return {Needs::nothing}; }
    Rule operator()(const wire::Noop&) const { return {Needs::nothing}; }
    Rule operator()(const wire::Logout&) const { return {Needs::nothing}; }
    Rule operator()(const wire::Id&) const { return {Needs::nothing}; }
    Rule operator()(const wire::StartTls&) const { return {Needs::not_authenticated}; }
    Rule operator()(const wire::Authenticate&) const { return {Needs::not_authenticated}; }
    Rule operator()(const wire::Login&) const { return {Needs::not_authenticated}; }
    Rule operator()(const wire::Unauthenticate&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Enable&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Namespace&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Compress&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Notify&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Select&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Idle&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::List&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Status&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Subscribe&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Unsubscribe&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Create&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Delete&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Rename&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Append&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::SetAcl&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::DeleteAcl&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::GetAcl&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::ListRights&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::MyRights&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::GetMetadata&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::SetMetadata&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::GetQuota&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::GetQuotaRoot&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::Unselect&) const { return {Needs::selected}; }
    Rule operator()(const wire::Close&) const { return {Needs::selected}; }
    Rule operator()(const wire::Check&) const { return {Needs::selected}; }
    Rule operator()(const wire::Expunge&) const { return {Needs::selected}; }
    Rule operator()(const wire::Copy&) const { return {Needs::selected}; }
    Rule operator()(const wire::Replace&) const { return {Needs::selected}; }
    Rule operator()(const wire::Store& c) const {
        return {Needs::selected, updates_beside(c.kind)};
    }
    Rule operator()(const wire::Fetch& c) const {
        return {Needs::selected, updates_beside(c.kind)};
    }
    Rule operator()(const wire::Search& c) const {
        return {Needs::selected, updates_beside(c.kind)};
    }
    Rule operator()(const wire::Sort& c) const {
        return {Needs::selected, updates_beside(c.search.kind)};
    }
    Rule operator()(const wire::Thread& c) const {
        return {Needs::selected, updates_beside(c.search.kind)};
    }
    Rule operator()(const wire::MultiSearch&) const { return {Needs::authenticated}; }
    Rule operator()(const wire::CancelUpdate&) const { return {Needs::selected}; }
};

bool counts(const wire::SearchKey& key) {
    return (key.kind == wire::SearchKey::Kind::sequence && key.numbers != wire::saved_result) ||
           std::ranges::any_of(key.children, counts);
}
bool counts(const wire::Search& search) {
    return search.kind == wire::NumberKind::sequence || counts(search.key);
}

// Whether the command takes or gives sequence numbers.
struct Counts {
    bool operator()(const auto&) const { return false; }
    bool operator()(const wire::Fetch& c) const { return c.kind == wire::NumberKind::sequence; }
    bool operator()(const wire::Store& c) const { return c.kind == wire::NumberKind::sequence; }
    bool operator()(const wire::Copy& c) const { return c.kind == wire::NumberKind::sequence; }
    bool operator()(const wire::Replace& c) const { return c.kind == wire::NumberKind::sequence; }
    bool operator()(const wire::Search& c) const { return counts(c); }
    bool operator()(const wire::Sort& c) const { return counts(c.search); }
    bool operator()(const wire::Thread& c) const { return counts(c.search); }
    bool operator()(const wire::MultiSearch& c) const { return counts(c.search.key); }
};

}  // namespace

Rule rule_of(const wire::CommandBody& command) {
    return std::visit(Rules{}, command);
}

Reply wrong_state(Needs needs, Stage stage) {
    switch (needs) {
        case Needs::nothing:
            return std::nullopt;
        case Needs::not_authenticated:
            if (stage == Stage::not_authenticated) return std::nullopt;
            return bad("You are logged in already");
        case Needs::authenticated:
            if (stage != Stage::not_authenticated) return std::nullopt;
            return bad("Log in first");
        case Needs::selected:
            if (stage == Stage::selected) return std::nullopt;
            return bad(stage == Stage::authenticated ? "Select a mailbox first" : "Log in first");
    }
    return std::nullopt;
}

Reply dispatch(State& state, const wire::CommandBody& command, Output& out) {
    if (auto wrong = wrong_state(rule_of(command).needs, state.stage)) return wrong;
    // RFC 9586 3.
    if (state.enabled.uid_only && std::visit(Counts{}, command))
        return Answer{wire::Condition::bad, wire::ResponseCode{"UIDREQUIRED", ""},
                      "You asked for UIDs alone"};
    // The message fetched last is kept for a client that reads it in chunks, and no longer.
    if (!std::holds_alternative<wire::Fetch>(command)) state.last_message.reset();
    return std::visit([&](const auto& body) { return run(state, body, out); }, command);
}

}  // namespace mailhold::imap::server
