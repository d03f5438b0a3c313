// The projection: what each record does to the catalog. One rule a kind of fact; each looks first,
// says whether the fact is news, and only then writes. The same records always leave the same rows.
#pragma once

#include "store/catalog/catalog.hpp"
#include "store/catalog/connection.hpp"
#include "store/catalog/entries.hpp"
#include "store/catalog/flag_sets.hpp"
#include "store/catalog/gmail.hpp"
#include "store/catalog/history.hpp"
#include "store/catalog/places.hpp"
#include "store/catalog/sightings.hpp"
#include "store/catalog/tally.hpp"

namespace mailhold::store::catalog {

class Projection {
  public:
    explicit Projection(Connection& connection);

    Sequence next();
    MessageNumber last_message();
    void apply(const Committed& record);  // within a transaction; throws on failure
    bool is_news(const Fact& fact);       // writes nothing
    Applied save();                       // the numbers held in memory; before the commit
    void forget();                        // what is in memory; after a rollback

  private:
    enum class Mode {
        ask,  // stop before the first write
        write
    };
    // Each answers whether the fact is news.
    bool rule(const AccountDeclared& fact);
    bool rule(const MailboxListed& fact);
    bool rule(const MailboxGone& fact);
    bool rule(const GenerationOpened& fact);
    bool rule(const Sighting& fact);
    bool rule(const FlagsSeen& fact);
    bool rule(const Vanished& fact);
    bool rule(const GenerationSynced& fact);
    bool rule(const Excluded& fact);
    bool rule(const Quarantined& fact);
    bool rule(const Awaited& fact);
    bool rule(const Reconciled& fact);
    bool rule(const Moved& fact);
    bool rule(const Renamed& fact);
    bool rule(const SecurityShown& fact);
    bool rule(const GmailSeen& fact);
    // projection_workspaces.cpp
    bool rule(const WorkspaceNamed& fact);
    bool rule(const WorkspaceDeleted& fact);
    bool rule(const Filed& fact);
    bool rule(const Flagged& fact);
    bool rule(const Unfiled& fact);
    bool rule(const Annotated& fact);
    bool rule(const Accessed& fact);
    bool rule(const Journaled& fact);
    bool rule(const Granted& fact);
    bool rule(const Subscribed& fact);
    bool rule(const PersonallyFlagged& fact);
    std::optional<MailboxId> workspace(const Workspace& workspace);  // not a gone one
    // One that follows an origin; without a name the one of all mail.
    std::optional<MailboxId> mirrored(const std::string& account, const std::string& mailbox);
    bool run(const Fact& fact, Mode mode);
    void store(const MessageStored& message);

    // Parts of the rules that write.
    void stand(const Place& place, const Sighting& fact, const Entries::Message& message,
               FlagSetId flags, std::optional<Uid> known_local_uid);
    void set_flags(const Place& place, Uid uid, const EntryRow& entry, FlagSetId flags);
    void vanish(const Place& place, const EntryRow& entry);
    void into_all_mail(const Place& place, const EntryRow& entry);
    void into_ever_seen(const Place& place, const EntryRow& entry);

    Connection& connection_;
    Tally tally_;
    FlagSets flag_sets_;
    Places places_;
    Entries entries_;
    Sightings sightings_;
    History history_;
    Gmail gmail_;
    std::vector<Sequence> dangling_;
    std::vector<PersonalChange> personal_;
    std::vector<NoteName> notes_;           // that changed
    std::vector<std::string> subscribers_;  // with changed subscriptions
    Mode mode_ = Mode::write;
    Moment now_;
};

}  // namespace mailhold::store::catalog
