// Where facts happen: the rows of accounts, mailboxes and generations, found by their names at the
// origin. What a fact names and nobody declared before is made on the spot, so that any ledger can
// be applied.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "store/base/time.hpp"
#include "store/catalog/connection.hpp"
#include "store/catalog/tally.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::store::catalog {

enum class AccountId : std::uint32_t {};
enum class GenerationId : std::uint32_t {};

// The record that is being applied.
struct Moment {
    Sequence sequence{};
    UtcMicros time{};
    ModSeq modseq() const { return static_cast<ModSeq>(number(sequence) + 1); }
};

struct Account {
    AccountId id{};
    std::optional<std::string> url;  // none: never declared
};

struct Listing {
    MailboxId mailbox{};
    std::string name;
    std::optional<std::string> separator;  // none: never listed
    std::string attributes;
    bool gone = false;
};

struct Place {
    GenerationId generation{};
    MailboxId mailbox{};
    MailboxId all_mail{};  // of its account
    bool current = false;  // the mailbox's generation now
};

class Places {
  public:
    Places(Connection& connection, Tally& tally) : connection_(connection), tally_(tally) {}

    std::optional<Account> account(const std::string& name);
    Account make_account(const std::string& name,
                         const Moment& moment);  // with its mailbox of all mail
    void set_url(AccountId account, const std::string& url);

    std::optional<Listing> listing(AccountId account, const std::string& origin_name);
    Listing make_mailbox(AccountId account, const std::string& origin_name, const Moment& moment);
    // A new separator means a new local name; otherwise the name stays.
    void set_listing(AccountId account, const Listing& known, const MailboxListed& fact);
    void set_gone(MailboxId mailbox);

    // Searches are of them. By owner and UIDVALIDITY; those gone too.
    std::optional<Listing> workspace(const Workspace& workspace);
    Listing make_workspace(const Workspace& workspace, MailboxKind kind, const Moment& moment);
    // Of the owner's workspaces; made when a message first comes to stand in one.
    MailboxId all_mail_of(const Workspace& workspace, MailboxId mailbox, const Moment& moment);
    void name_workspace(MailboxId mailbox, const std::string& name, const std::string& attributes);

    std::optional<Place> place(const Generation& generation);
    Place open(const Generation& generation,
               const Moment& moment);  // new, or known and now current again
    struct Synced {
        Uid uidnext{};
        ModSeq modseq{};
        std::uint32_t messages = 0;
        bool operator==(const Synced&) const = default;
    };
    Synced synced(GenerationId generation);
    void set_synced(GenerationId generation, const Synced& synced);

    void list_changed() { list_changed_ = true; }
    bool take_list_changed();  // whether a mailbox came, went or changed since the last call
    void forget();             // what is in memory, after a rollback

  private:
    MailboxId next_mailbox();
    void insert_mailbox(AccountId account, MailboxId mailbox, MailboxKind kind,
                        const std::string& origin_name, const std::string& name,
                        const Moment& moment);
    std::string name_for(AccountId account, MailboxId except, const std::string& origin_name,
                         std::string_view separator);

    Connection& connection_;
    Tally& tally_;
    std::map<Generation, Place> places_;
    bool list_changed_ = false;
};

}  // namespace mailhold::store::catalog
