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
    // Blocking. Errc::corrupt rather than wrong bytes. The archive outlives it.
    static Result<Message> load(const store::ArchiveReader& archive,
                                const store::StoredMessage& stored);

    MessageNumber number() const { return number_; }
    const Blob& octets() const { return octets_; }
    const indexer::mime::ParsedMessage& parsed();

    // As it was sent, or with its transfer encoding undone (RFC 3516).
    enum class Form { encoded, decoded };
    // Adds the section's octets, or the part of them that was asked for, as a literal (one of RFC
    // 3516 where NUL is among what was decoded); NIL where there is none. Returns how many octets
    // were looked through to put it together.
    std::size_t add_section(Output& out, Form form, const wire::Section& section,
                            const std::optional<wire::Partial>& partial);
    bool can_decode(const wire::Section& part);
    // Adds how long it is decoded, 0 where there is none; returns likewise.
    std::size_t add_decoded_size(Output& out, const wire::Section& part);

  private:
    struct Found {
        Blob owner;
        std::string_view octets;
        std::size_t looked_through = 0;
    };
    std::optional<Found> find(Form form, const wire::Section& section);
    Found keep(Form form, const wire::Section& section, std::string octets);

    MessageNumber number_{};
    Blob octets_;
    const store::ArchiveReader* archive_ = nullptr;
    std::unique_ptr<const indexer::mime::ParsedMessage> parsed_;
    // The last section that had to be put together: clients read such in chunks too.
    struct PutTogether {
        Form form = Form::encoded;
        wire::Section section;
        Blob octets;
    };
    std::optional<PutTogether> put_together_;
};

}  // namespace mailhold::imap::server
