// The commands, one overload each: run() does the work, adds untagged responses and gives the
// tagged answer. The dispatcher has checked that the session is in the state the command needs
// (dispatch.hpp).
#pragma once

#include <string_view>

#include "imap/server/state.hpp"
#include "imap/wire/command.hpp"

namespace mailhold::imap::server {

// One part of a long answer ends once it has so much output.
inline constexpr std::size_t answer_part = 256 << 10;

// any.cpp: in every state
Reply run(State& state, const wire::Capability& command, Output& out);
Reply run(State& state, const wire::Noop& command, Output& out);
Reply run(State& state, const wire::Logout& command, Output& out);
Reply run(State& state, const wire::Id& command, Output& out);

// auth.cpp
Reply run(State& state, const wire::StartTls& command, Output& out);
Reply run(State& state, const wire::Authenticate& command, Output& out);
Reply run(State& state, const wire::Login& command, Output& out);
Reply sasl_response(State& state, std::string_view line,
                    Output& out);  // the client's line after "+ "
// A token that does not count: says why, and gives this answer when the client has read it.
Reply refuse_token(State& state, Answer refusal, Output& out);
Answer log_in(State& state, User user);
Reply run(State& state, const wire::Unauthenticate& command, Output& out);

// authenticated.cpp, notify.cpp
Reply run(State& state, const wire::Enable& command, Output& out);
Reply run(State& state, const wire::Namespace& command, Output& out);
Reply run(State& state, const wire::Compress& command, Output& out);
Reply run(State& state, const wire::Notify& command, Output& out);

// list.cpp, status.cpp
Reply run(State& state, const wire::List& command, Output& out);
Reply run(State& state, const wire::Status& command, Output& out);
// "* LIST ...", with no other attributes than these and the name's own.
std::string list_text(const State& state, const Name& name, std::vector<std::string> more = {},
                      const std::string& old_name = {});

// select.cpp
Reply run(State& state, const wire::Select& command, Output& out);
Reply run(State& state, const wire::Unselect& command, Output& out);
Reply run(State& state, const wire::Close& command, Output& out);
Reply run(State& state, const wire::Check& command, Output& out);

// idle.cpp
Reply run(State& state, const wire::Idle& command, Output& out);
Answer end_idle(State& state, std::string_view line);

// fetch.cpp
Reply run(State& state, const wire::Fetch& command, Output& out);
// What changed in the selected mailbox since the client saw it (RFC 7162 3.2.5), then `done`.
Reply fetch_changes(State& state, const wire::Resync& known, Answer done, Output& out);
// Begins to show what arrived in the selected mailbox to who asked for it; false: there is nothing.
bool fetch_arrived(State& state);

// search.cpp, sort.cpp, thread.cpp, multisearch.cpp
Reply run(State& state, const wire::Search& command, Output& out);
Reply run(State& state, const wire::CancelUpdate& command, Output& out);
Reply run(State& state, const wire::Sort& command, Output& out);
Reply run(State& state, const wire::Thread& command, Output& out);
Reply run(State& state, const wire::MultiSearch& command, Output& out);

// metadata.cpp
Reply run(State& state, const wire::GetMetadata& command, Output& out);
Reply run(State& state, const wire::SetMetadata& command, Output& out);
// "* METADATA ..." of these entries of a mailbox, or nothing where they are not for the user, in
// parts: each call adds one, and gives true at the end.
using Parts = std::move_only_function<bool(Output&)>;
Result<Parts> metadata_parts(const State& state, const Name& name,
                             const std::vector<std::string>& entries);
// The name that clients have for an entry of notes.
std::string full_entry(bool shared, std::string_view entry);
// "* METADATA ..." of entries that changed, without their values (RFC 5464 4.4.2); several where they
// are many. The name of the server is empty.
std::vector<std::string> metadata_text(const State& state, const std::string& mailbox,
                                       const std::vector<std::string>& entries);
// Whether they are all named as entries are; else what to say.
Reply wrong_entries(const std::vector<std::string>& entries);

// quota.cpp
Reply run(State& state, const wire::GetQuota& command, Output& out);
Reply run(State& state, const wire::GetQuotaRoot& command, Output& out);

// acl.cpp
Reply run(State& state, const wire::SetAcl& command, Output& out);
Reply run(State& state, const wire::DeleteAcl& command, Output& out);
Reply run(State& state, const wire::GetAcl& command, Output& out);
Reply run(State& state, const wire::ListRights& command, Output& out);
Reply run(State& state, const wire::MyRights& command, Output& out);
// "* MYRIGHTS ..."
std::string my_rights_text(const State& state, const std::string& mailbox, std::string_view rights);

// workspace.cpp, append.cpp, store.cpp, copy.cpp: changes, in workspaces alone
Reply run(State& state, const wire::Create& command, Output& out);
Reply run(State& state, const wire::Delete& command, Output& out);
Reply run(State& state, const wire::Rename& command, Output& out);
Reply run(State& state, const wire::Subscribe& command, Output& out);
Reply run(State& state, const wire::Unsubscribe& command, Output& out);
Reply run(State& state, const wire::Append& command, Output& out);
// What is to be said of an APPEND or REPLACE before its message comes; nullopt: let it come.
Reply refused_ahead(const State& state, const wire::CommandBody& command);
Reply run(State& state, const wire::Replace& command, Output& out);
Reply run(State& state, const wire::Store& command, Output& out);
Reply run(State& state, const wire::Copy& command, Output& out);
Reply run(State& state, const wire::Expunge& command, Output& out);
// nullopt where the user has this right in the selected mailbox, and opened it to change it.
Reply refused_without(const State& state, char right);
// Removes what is \Deleted of the selected mailbox; of these alone, as far as cut() leaves them, where
// some are given.
Result<std::optional<wire::ResponseCode>> expunge(State& state,
                                                  const std::optional<wire::SequenceSet>& uids);
// Sets \Seen where a FETCH of these messages does so (RFC 3501 6.4.5); gives what is to be told of it.
std::string mark_seen(State& state, const std::vector<std::uint32_t>& places, Output& out);
// BAD where a message cannot have one of these flags.
Reply wrong_flags(const std::vector<std::string>& flags);

}  // namespace mailhold::imap::server
