// See search_text.hpp.
#include "indexer/text/search_text.hpp"

#include "indexer/mime/charset.hpp"
#include "indexer/mime/describe.hpp"
#include "indexer/mime/header.hpp"
#include "indexer/mime/parse.hpp"
#include "indexer/text/fold.hpp"
#include "indexer/text/html.hpp"
#include "indexer/text/unfold.hpp"

namespace mailhold::indexer::text {
namespace {

constexpr std::uint32_t own_reader = 1;  // AttachmentState::maker of text parts

// One walk over a message's parts. Texts are gathered before they are folded, pieces closed by line
// ends; names and attachments are folded piece by piece.
class Collector {
  public:
    explicit Collector(const Extractor& extractor) : extractor_(extractor) {}

    void read(std::string_view octets, const mime::Part& root) {
        collect(octets, root, Place::root, root.is_multipart() ? "" : "1");
    }
    std::string mime_headers, body, filenames, attachments;
    std::vector<AttachmentState> states;

  private:
    enum class Place { root, inside, enclosed };

    void collect(std::string_view octets, const mime::Part& part, Place place,
                 const std::string& number);
    void add_mime_header(const mime::HeaderField& field);
    void add_text(std::string_view octets, const mime::Part& part);
    void add_status(std::string_view content);
    void add_enclosed(std::string_view octets, const mime::Part& part, const std::string& number);
    void add_attachment(std::string_view octets, const mime::Part& part, const std::string& number);

    const Extractor& extractor_;
};

// RFC 3501 6.4.5: a nested message that is no multipart has the part 1.
std::string number_below(const std::string& number, const mime::Part& message) {
    return message.is_multipart() ? number : number + ".1";
}

void Collector::add_mime_header(const mime::HeaderField& field) {
    const std::string prefix = field.name.empty() ? "" : field.name + ": ";
    const std::string raw = mime::guess_utf8(mime::unfold(field.raw));
    mime_headers += prefix + raw + '\n';
    if (raw != field.value) mime_headers += prefix + field.value + '\n';
}

void Collector::add_text(std::string_view octets, const mime::Part& part) {
    const std::string text = mime::decoded_text(octets, part);
    body += text + '\n';
    if (part.subtype == "html") body += visible_text(text) + '\n';
    if (part.subtype == "calendar" || part.subtype == "vcard" || part.subtype == "x-vcard")
        attachments += fold(unfold_lines(text)) + '\n';
}

// RFC 3464 2.1: blocks of header fields with blank lines between; what is no field is text.
void Collector::add_status(std::string_view content) {
    while (!content.empty()) {
        for (const mime::HeaderField& field : mime::read_fields(content, content.size())) {
            if (field.name.empty())
                body += field.value + '\n';
            else
                add_mime_header(field);
        }
        content.remove_prefix(mime::fields_length(content));
        content.remove_prefix(mime::line_length(content, 0));
    }
}

// Other message types hold a message, and so do message/rfc822 parts that were not looked into: at
// a limit, or sent base64-encoded against RFC 2046 5.2.1. This goes one level deep.
void Collector::add_enclosed(std::string_view octets, const mime::Part& part,
                             const std::string& number) {
    const std::string content = mime::decoded_content(octets, part);
    if (part.subtype == "delivery-status") return add_status(content);
    const auto message = mime::parse(content);
    collect(content, message.root, Place::enclosed, number_below(number, message.root));
}

void Collector::add_attachment(std::string_view octets, const mime::Part& part,
                               const std::string& number) {
    auto read = extractor_
                    ? extractor_(octets, part)
                    : Extraction{ExtractStatus::failed, "attachments are not read here", {}, 0};
    for (const auto& piece : read.pieces) attachments += fold(piece) + '\n';
    states.push_back({number, read.status, std::move(read.reason), read.maker});
}

bool hides_a_message(const mime::Part& part) {
    return part.type == "message" && (part.children.empty() || part.encoding == "base64" ||
                                      part.encoding == "quoted-printable");
}

void Collector::collect(std::string_view octets, const mime::Part& part, Place place,
                        const std::string& number) {
    if (place != Place::root)
        for (const mime::HeaderField& field : part.fields) add_mime_header(field);
    if (!part.filename.empty()) filenames += fold(part.filename) + '\n';
    if (part.type == "text") {
        add_text(octets, part);
        if (!part.filename.empty())
            states.push_back({number, ExtractStatus::indexed, {}, own_reader});
    } else if (!part.is_multipart() && part.type != "message") {
        add_attachment(octets, part, number);
    }
    const bool hides = hides_a_message(part);
    if (hides && place != Place::enclosed)
        add_enclosed(octets, part, number);
    else if (hides && part.children.empty())
        add_text(octets, part);
    const Place below = hides || place == Place::enclosed ? Place::enclosed : Place::inside;
    std::size_t count = 0;
    for (const mime::Part& child : part.children) {
        const std::string prefix = number.empty() ? "" : number + '.';
        collect(
            octets, child, below,
            part.is_multipart() ? prefix + std::to_string(++count) : number_below(number, child));
    }
}

// The pieces joined: without the line end that closes the last one.
std::string folded(std::string_view pieces) {
    if (!pieces.empty()) pieces.remove_suffix(1);
    return fold(pieces);
}

}  // namespace

SearchText make_search_text(std::string_view octets, const mime::ParsedMessage& message,
                            const Extractor& extractor) {
    SearchText result;
    std::string header;
    for (const mime::HeaderField& field : message.root.fields) {
        header += (field.name.empty() ? "" : field.name + ": ") + field.value + '\n';
        if (!field.name.empty())
            result.fields.push_back({mime::lower(field.name), fold(field.value)});
    }
    Collector all(extractor);
    all.read(octets, message.root);
    result.header = folded(header);
    result.mime_headers = folded(all.mime_headers);
    result.body = folded(all.body);
    result.filenames = std::move(all.filenames);
    result.attachments = std::move(all.attachments);
    result.states = std::move(all.states);
    result.sent = message.sent;
    return result;
}

}  // namespace mailhold::indexer::text
