// A message that FETCH reads from: its octets, and its parse once something needs it.
#pragma once

#include <memory>
#include <optional>

#include "imap/server/output.hpp"
#include "imap/wire/values.hpp"
#include "indexer/mime/parsed_message.hpp"
#include "store/archive.hpp"

namespace mailhold::imap::server {

class Message {
  public:
    // Blocking. Errc::corrupt rather than wrong bytes.
    static Result<Message> load(const store::ArchiveReader& archive, MessageNumber number);

    MessageNumber number() const { return number_; }
    const Blob& octets() const { return octets_; }
    const indexer::mime::ParsedMessage& parsed();

    // Adds the section's octets, or the part of them that was asked for, as a literal; NIL where
    // there is none. Returns how many octets were looked through to put it together.
    std::size_t add_section(Output& out, const wire::Section& section,
                            const std::optional<wire::Partial>& partial);

  private:
    MessageNumber number_{};
    Blob octets_;
    std::unique_ptr<const indexer::mime::ParsedMessage> parsed_;
    // The last section that had to be put together: clients read such in chunks too.
    wire::Section put_together_;
    std::optional<std::string> put_together_octets_;
};

}  // namespace mailhold::imap::server
