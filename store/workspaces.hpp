// What users do in workspaces, within the rights that they have there: each operation is decided on
// the archive as it is at that moment, recorded as facts, and durable when it returns. An entry of a
// workspace is a reference to an archived message; removing it removes no message.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/archive.hpp"
#include "store/rights.hpp"

namespace mailhold::store {

// All blocking, all thread-safe. Errc::not_found: the workspace is no more; Errc::denied: he has not
// the rights for it (RFC 4314 4); Errc::no_space: it would be more than the owner's quota.
class Workspaces {
  public:
    static constexpr std::size_t most_of_a_user = 1'000;
    static constexpr std::size_t most_flags = 64;         // of one message
    static constexpr std::size_t most_at_once = 100'000;  // messages
    static constexpr std::size_t most_grants = 200;       // of one workspace

    // What a user's workspaces may hold, as of now; any thread, and quick.
    using QuotaOf = std::function<Quota(const std::string& owner)>;
    explicit Workspaces(Archive& archive, QuotaOf quota_of = {})
        : archive_(archive), quota_of_(std::move(quota_of)) {}
    Quota quota_of(const std::string& owner) const {
        return quota_of_ ? quota_of_(owner) : Quota();
    }
    // What they hold, of all these mailboxes.
    struct Usage {
        std::uint64_t octets = 0, messages = 0, workspaces = 0;
    };
    static Usage usage(const std::vector<Mailbox>& all, const std::string& owner);

    // A workspace, or a search. Among the owner's of its kind; it takes over what the nearest one above it grants. Errc::exists; Errc::limit
    // at most_of_a_user. The id it has from now on.
    Result<MailboxId> make(const Actor& who, const std::string& owner, const std::string& name,
                           const std::vector<std::string>& attributes,
                           MailboxKind kind = MailboxKind::workspace);
    // With those below it. Errc::exists where one of the new names is taken.
    Status rename(const Actor& who, const std::string& owner, const std::string& from,
                  const std::string& to, MailboxKind kind = MailboxKind::workspace);
    Status remove(const Actor& who, MailboxId workspace);

    struct Grant {
        enum class How { replace, add, remove };
        How how = How::replace;
        std::string rights;  // as rights_named() gives them
    };
    // Errc::invalid where the identifier is the owner, who has all rights; Errc::limit.
    Status grant(const Actor& who, MailboxId workspace, const std::string& identifier,
                 const Grant& grant);

    // Where messages came to stand: consecutive UIDs.
    struct Stood {
        UidValidity uidvalidity{};
        Uid first{};
        std::vector<Uid> sources{};  // of move(): those that went, ascending
    };
    struct Incoming {
        Blob octets;
        ZonedSeconds date;
        FlagSet flags;
    };
    // Without the flags that he may not set there.
    Result<Stood> append(const Actor& who, MailboxId workspace, std::vector<Incoming> messages);
    Result<Stood> copy(const Actor& who, MailboxId workspace, std::vector<Filed::Message> messages);
    // Of the entries given, those that still stand in `from`.
    struct Leaving {
        Uid uid{};
        Filed::Message message;
    };
    Result<Stood> move(const Actor& who, MailboxId from, MailboxId to,
                       std::vector<Leaving> messages);

    struct Standing {
        MailboxId mailbox{};
        Uid uid{};
    };
    // append() and the removal of an entry in one. Errc::not_found: it stands there no more.
    Result<Stood> replace(const Actor& who, Standing replaced, MailboxId to, Incoming message);

    struct FlagChange {
        enum class How { replace, add, remove };
        How how = How::replace;
        FlagSet flags;
        std::optional<ModSeq> unchanged_since = {};  // RFC 7162 3.1.3
        bool deletes = true;                         // \\Deleted may change, where who asks may
    };
    // As the user sees them: in any other mailbox than a workspace for himself alone, and not
    // \\Deleted. In a workspace those flags change that he may change; Errc::denied where he may none
    // of those named. Those that were not changed for unchanged_since, ascending.
    Result<std::vector<Uid>> flag(const Actor& who, MailboxId mailbox, const std::vector<Uid>& uids,
                                  const FlagChange& change);
    // Of these, those that are \Deleted.
    Status expunge(const Actor& who, MailboxId workspace, const std::vector<Uid>& uids);

    // Notes about a mailbox that the caller knows the user to see, or about the_server. Those for all
    // are for who may write in the workspace, and for nobody elsewhere (Errc::denied). A value of
    // none removes it. Errc::limit at most_notes. Those that this changed, as often as it did.
    struct NoteChange {
        bool shared = false;
        std::string entry;
        std::optional<std::string> value;
    };
    static constexpr std::size_t most_notes = 100;  // of one user about one mailbox
    Result<std::vector<NoteName>> annotate(const Actor& who, MailboxId mailbox,
                                           const std::vector<NoteChange>& changes);

    Status subscribe(const std::string& user, const std::string& mailbox, bool wanted);

  private:
    Result<Stood> file(const Actor& who, MailboxId workspace, std::vector<Blob> octets,
                       std::vector<Filed::Message> messages);
    Status has_room(catalog::CatalogWriter& now, const Mailbox& workspace,
                    const std::vector<Filed::Message>& messages, std::uint64_t appended,
                    const Usage& leaving) const;
    Archive& archive_;
    const QuotaOf quota_of_;
};

}  // namespace mailhold::store
