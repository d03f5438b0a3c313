#include "imap/server/mailbox/message.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "indexer/mime/parse.hpp"
#include "indexer/mime/section.hpp"

namespace mailhold::imap::server {
namespace {

namespace mime = indexer::mime;

mime::SectionText text_of(wire::Section::Text text) {
    switch (text) {
        case wire::Section::Text::whole:
            return mime::SectionText::whole;
        case wire::Section::Text::header:
            return mime::SectionText::header;
        case wire::Section::Text::header_fields:
            return mime::SectionText::header_fields;
        case wire::Section::Text::header_fields_not:
            return mime::SectionText::header_fields_not;
        case wire::Section::Text::text:
            return mime::SectionText::text;
        case wire::Section::Text::mime:
            return mime::SectionText::mime;
    }
    return mime::SectionText::whole;
}

// RFC 3501 6.4.5: what lies beyond the end is left out; a part wholly beyond it is empty, not NIL.
std::string_view cut(std::string_view octets, const std::optional<wire::Partial>& partial) {
    if (!partial) return octets;
    const std::size_t begin = std::min<std::size_t>(partial->offset, octets.size());
    return octets.substr(begin, partial->size);
}

}  // namespace

Result<Message> Message::load(const store::ArchiveReader& archive, MessageNumber number) {
    auto octets = archive.octets(number);
    if (!octets) return std::unexpected(octets.error());
    Message message;
    message.number_ = number;
    message.octets_ = std::move(*octets);
    return message;
}

const mime::ParsedMessage& Message::parsed() {
    if (!parsed_) {
        parsed_ = std::make_unique<const mime::ParsedMessage>(mime::parse(octets_.view()));
    }
    return *parsed_;
}

std::size_t Message::add_section(Output& out, const wire::Section& section,
                                 const std::optional<wire::Partial>& partial) {
    const auto add = [&](std::string_view part) {
        out.add(fmt::format("{{{}}}\r\n", part.size()));
        return part;
    };
    if (put_together_octets_ && section == put_together_) {
        out.add(add(cut(*put_together_octets_, partial)));
        return 0;
    }
    if (section.path.empty() && section.text == wire::Section::Text::whole) {
        out.add(octets_, add(cut(octets_.view(), partial)));  // needs no parse
        return 0;
    }
    auto found = mime::find_section(octets_.view(), parsed(),
                                    {section.path, text_of(section.text), section.fields});
    if (!found) {
        out.add("NIL");
        return 0;
    }
    if (!found->is_owned) {
        out.add(octets_, add(cut(found->view, partial)));
        return 0;
    }
    put_together_ = section;
    put_together_octets_ = std::move(found->owned);
    out.add(add(cut(*put_together_octets_, partial)));
    return octets_.size();
}

}  // namespace mailhold::imap::server
