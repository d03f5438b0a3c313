// From a parsed command to its function: checks what state it needs, in one table, so that no
// command does by itself.
#pragma once

#include "imap/server/commands/commands.hpp"

namespace mailhold::imap::server {

enum class Needs { nothing, not_authenticated, authenticated, selected };

struct Rule {
    Needs needs = Needs::nothing;
    // What may be told before its tagged answer: no expunge while the client counts by sequence
    // number in FETCH, STORE and SEARCH (RFC 3501 7.4.1).
    Updates updates = Updates::all;
};
Rule rule_of(const wire::CommandBody& command);

// nullopt where `stage` will do.
Reply wrong_state(Needs needs, Stage stage);

// Runs the command, or says BAD where the session is in the wrong state.
Reply dispatch(State& state, const wire::CommandBody& command, Output& out);

}  // namespace mailhold::imap::server
