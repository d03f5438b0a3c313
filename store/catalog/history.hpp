// Rows of what happened to messages and mailboxes after they were first seen: written by the
// projection, for ever. A message's first sighting is in its sighting row.
#pragma once

#include <string>

#include "store/catalog/connection.hpp"
#include "store/catalog/entries.hpp"
#include "store/catalog/places.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::store::catalog {

class History {
  public:
    explicit History(Connection& connection) : connection_(connection) {}

    void happened(Event::What what, const Binding& where, MessageNumber message,
                  const Moment& moment);
    void flags_changed(const Binding& where, MessageNumber message, FlagSetId before,
                       FlagSetId after, const Moment& moment);
    void moved(const Binding& from, const Binding& to, MessageNumber message, const Moment& moment);
    bool has_moved(const Binding& from, const Binding& to, MessageNumber message);

    void mailbox_happened(Event::What what, MailboxId mailbox, const Moment& moment,
                          const std::string& other = {});
    bool was_renamed(MailboxId mailbox, const std::string& other);  // as its last event

  private:
    Connection& connection_;
};

}  // namespace mailhold::store::catalog
