// Only the header is looked at, and of it no more than a header can sensibly have.
#include "indexer/mime/message_date.hpp"

#include "indexer/mime/gmime.hpp"
#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

constexpr std::size_t header_limit = 256 << 10;
constexpr std::size_t field_limit = 1'000;

}  // namespace

std::optional<ZonedSeconds> date_from_header(std::string_view octets) {
    octets = octets.substr(0, header_limit);
    const auto fields = split_fields(octets.substr(0, fields_length(octets)), field_limit);
    for (const std::string_view name : {"Date", "Received"}) {
        for (const auto& field : fields) {
            if (!same_name(field.name, name)) continue;
            auto value = unfold(field.value);
            // RFC 5322 3.6.7: the date stands behind the last semicolon.
            if (name == "Received") value.erase(0, value.rfind(';') + 1);
            if (auto date = decode_date(value)) return date;
        }
    }
    return std::nullopt;
}

}  // namespace mailhold::indexer::mime
