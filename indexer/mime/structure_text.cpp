// ENVELOPE, BODY and BODYSTRUCTURE as IMAP text (RFC 3501 7.4.2 and 9). Parameters go out as they
// were sent.
#include <fmt/format.h>

#include <algorithm>

#include "indexer/mime/header.hpp"
#include "indexer/mime/parameters.hpp"
#include "indexer/mime/section.hpp"

namespace mailhold::indexer::mime {
namespace {

constexpr std::size_t quoted_limit = 1000;

bool can_quote(std::string_view text) {
    return text.size() <= quoted_limit &&
           std::ranges::all_of(text, [](char octet) { return octet >= ' ' && octet < '\x7f'; });
}

class Writer {
  public:
    explicit Writer(StructureForm form) : form_(form) {}
    std::string take() { return std::move(out_); }

    void envelope(const Envelope& envelope) {
        out_ += '(';
        nstring(envelope.date), blank();
        nstring(envelope.subject), blank();
        for (const auto* list : {&envelope.from, &envelope.sender, &envelope.reply_to, &envelope.to,
                                 &envelope.cc, &envelope.bcc})
            addresses(*list), blank();
        nstring(envelope.in_reply_to), blank();
        nstring(envelope.message_id);
        out_ += ')';
    }

    void structure(const Part& part) {
        out_ += '(';
        if (part.is_multipart())
            multipart(part);
        else
            single(part);
        out_ += ')';
    }

  private:
    void multipart(const Part& part) {
        for (const Part& child : part.children) structure(child);
        blank(), string(part.subtype);
        if (form_ == StructureForm::body) return;
        blank(), parameters(part, "Content-Type");
        extension(part);
    }

    void single(const Part& part) {
        string(part.type), blank(), string(part.subtype), blank();
        parameters(part, "Content-Type"), blank();
        nstring(part.id), blank(), nstring(part.description), blank();
        string(part.encoding);
        out_ += fmt::format(" {}", part.body.size());
        // RFC 9051 9, media-message: message/global (RFC 6532) has the form of message/rfc822.
        if (part.type == "message" && (part.subtype == "rfc822" || part.subtype == "global")) {
            // One that was not looked into is shown as an empty message: the syntax wants one.
            const Part none;
            blank(), envelope(part.envelope.value_or(Envelope{}));
            blank(), structure(part.is_message() ? part.children.front() : none);
            out_ += fmt::format(" {}", part.lines);
        } else if (part.type == "text") {
            out_ += fmt::format(" {}", part.lines);
        }
        if (form_ == StructureForm::body) return;
        blank(), nstring(part.md5);
        extension(part);
    }

    void extension(const Part& part) {
        blank();
        if (part.disposition) {
            out_ += '(';
            string(*part.disposition), blank(), parameters(part, "Content-Disposition");
            out_ += ')';
        } else {
            out_ += "NIL";
        }
        blank(), languages(part.languages);
        blank(), nstring(part.location);
    }

    void languages(const std::vector<std::string>& list) {
        if (list.empty()) return nstring(std::nullopt);
        for (std::size_t i = 0; i < list.size(); ++i) {
            out_ += i == 0 ? '(' : ' ';
            string(list[i]);
        }
        out_ += ')';
    }

    void parameters(const Part& part, std::string_view field_name) {
        const HeaderField* field = find_field(part.fields, field_name);
        Parameters list;
        if (field != nullptr) list = split_parameters(unfold(field->raw)).parameters;
        if (part.type == "text" && field_name == "Content-Type" &&
            find_parameter(list, "charset") == nullptr)
            list.emplace_back("charset", "us-ascii");  // RFC 2045 5.2
        if (list.empty()) {
            out_ += "NIL";
            return;
        }
        out_ += '(';
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (i > 0) blank();
            string(list[i].first), blank(), string(list[i].second);
        }
        out_ += ')';
    }

    void addresses(const std::vector<Address>& list) {
        if (list.empty()) {
            out_ += "NIL";
            return;
        }
        out_ += '(';
        for (const Address& address : list) {
            out_ += '(';
            nstring(address.name), blank(), nstring(address.route), blank();
            nstring(address.mailbox), blank(), nstring(address.host);
            out_ += ')';
        }
        out_ += ')';
    }

    void nstring(const std::optional<std::string>& text) {
        if (text)
            string(*text);
        else
            out_ += "NIL";
    }

    void string(std::string_view text) {
        if (!can_quote(text)) return literal(text);
        out_ += '"';
        for (const char octet : text) {
            if (octet == '"' || octet == '\\') out_ += '\\';
            out_ += octet;
        }
        out_ += '"';
    }

    // RFC 3501 9, CHAR8: a literal holds any octet but NUL.
    void literal(std::string_view text) {
        std::string octets(text);
        std::erase(octets, '\0');
        out_ += fmt::format("{{{}}}\r\n", octets.size());
        out_ += octets;
    }

    void blank() { out_ += ' '; }

    StructureForm form_;
    std::string out_;
};

}  // namespace

std::string envelope_text(const Envelope& envelope) {
    Writer writer(StructureForm::body);
    writer.envelope(envelope);
    return writer.take();
}

std::string structure_text(const ParsedMessage& message, StructureForm form) {
    Writer writer(form);
    writer.structure(message.root);
    return writer.take();
}

}  // namespace mailhold::indexer::mime
