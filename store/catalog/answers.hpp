// What readers ask, as functions of one connection; the caller holds the transaction that makes an
// answer one moment's. They throw SQLite::Exception and Failure.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "store/base/position.hpp"
#include "store/catalog/connection.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::store::catalog {

Totals totals(Connection& connection);
LedgerPosition position(Connection& connection);
std::vector<Mailbox> mailboxes(Connection& connection);
std::shared_ptr<const MailboxSnapshot> snapshot(Connection& connection, MailboxId mailbox,
                                                const MailboxSnapshot* earlier = nullptr);
Mailbox mailbox(Connection& connection, MailboxId id);  // Errc::not_found
std::vector<Entry> entries(Connection& connection, MailboxId mailbox, std::span<const Uid> uids,
                           const std::string& user);
PersonalFlags personal_flags(Connection& connection, const std::string& user, MailboxId mailbox);
std::map<MailboxId, PersonalCount> personal_counts(Connection& connection, const std::string& user);
std::vector<RecordedAccess> accesses(Connection& connection, const AccessFilter& filter);
bool has_access(Connection& connection, UtcMicros time, std::uint64_t session);
std::vector<Note> notes(Connection& connection, const std::string& user, MailboxId mailbox);
std::vector<std::string> unsubscribed(Connection& connection, const std::string& user);
std::vector<std::pair<Uid, ModSeq>> began(Connection& connection, MailboxId mailbox, Uid first);
std::vector<Uid> expunged(Connection& connection, MailboxId mailbox, ModSeq since);
std::optional<StoredMessage> find(Connection& connection, const Digest& digest);
std::optional<StoredMessage> message(Connection& connection, MessageNumber number);
std::vector<StoredMessage> messages(Connection& connection, MessageNumber first, std::size_t most);
std::vector<std::optional<StoredMessage>> messages(Connection& connection,
                                                   std::span<const MessageNumber> numbers);
std::optional<Digest> lineage(Connection& connection, MessageNumber number);
std::vector<Location> locations(Connection& connection, MessageNumber number);
std::vector<std::optional<Summary>> summaries(Connection& connection,
                                              std::span<const MessageNumber> numbers);
std::optional<MessageNumber> damaged_summary(Connection& connection);  // the first
Completeness completeness(Connection& connection);
std::vector<AccountBalance> balances(Connection& connection);
std::vector<Event> history(Connection& connection, MessageNumber message);
std::vector<Moved> moves(Connection& connection, const std::string& account, Sequence since);
std::vector<Renamed> renames(Connection& connection, const std::string& account, Sequence since);
FlagSet flag_set(Connection& connection, FlagSetId id);

std::vector<Generation> generations(Connection& connection, const std::string& account,
                                    const std::string& mailbox);
GenerationState generation_state(Connection& connection, const Generation& generation,
                                 std::size_t newest);
bool knows_gmail(Connection& connection, const std::string& account);
// Of these X-GM-MSGIDs those that the account has under one message, and one only.
std::map<std::uint64_t, StoredMessage> gmail_messages(Connection& connection,
                                                      const std::string& account,
                                                      std::span<const std::uint64_t> ids);
std::vector<MailboxListed> listed(Connection& connection, const std::string& account);
std::vector<Excluded> exclusions(Connection& connection, const std::string& account);
std::vector<AccountDeclared> accounts(Connection& connection);
std::optional<SecurityShown> security(Connection& connection, const std::string& account);

}  // namespace mailhold::store::catalog
