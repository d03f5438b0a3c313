// Rows of what Gmail told of messages beside IMAP: their ids, and their labels in the course of time. Written by the
// projection, for ever; which message has an id, and what labels it had, are answered from them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "store/catalog/connection.hpp"
#include "store/catalog/places.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::store::catalog {

class Gmail {
  public:
    explicit Gmail(Connection& connection) : connection_(connection) {}

    // Whether this is what was told last of the message that stands there. Labels that were not asked for are no news.
    bool is_known(const Place& place, MessageNumber message, const GmailSeen& fact);
    void put(const Place& place, MessageNumber message, const GmailSeen& fact,
             const Moment& moment);

  private:
    Connection& connection_;
};

// Labels that messages of the generation have, those from this UID on, each set once; and which of them are whose.
void add_labels(Connection& connection, GenerationId generation, Uid from, GenerationState& state);

// What labels the message had and got, by the records that told it.
void add_label_events(Connection& connection, MessageNumber message,
                      std::multimap<std::uint64_t, Event>& events);

}  // namespace mailhold::store::catalog
