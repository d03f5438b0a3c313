// Requests through Beast's parser, which takes octets from anywhere; responses by hand, they are
// four lines.
#include "api/http/message.hpp"

#include <fmt/format.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>

namespace mailhold::http {

namespace beast = boost::beast::http;

std::string to_octets(const Response& response, Body body, bool keep_alive) {
    auto reason = beast::obsolete_reason(beast::int_to_status(response.status));
    auto octets = fmt::format(
        "HTTP/1.1 {} {}\r\nServer: Mailhold\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n",
        response.status, std::string_view(reason.data(), reason.size()), response.type,
        response.body.size());
    if (!response.allow.empty()) octets += fmt::format("Allow: {}\r\n", response.allow);
    octets += keep_alive ? "\r\n" : "Connection: close\r\n\r\n";
    if (body == Body::sent) octets += response.body;
    return octets;
}

namespace {

// "http://example.org:80/path?x" to "example.org:80" and "/path?x" (RFC 9112 3.2.2, absolute-form);
// nothing where it is not of that form.
struct Target {
    std::string_view authority, path;
};
std::optional<Target> absolute_form(std::string_view target) {
    constexpr std::string_view scheme = "http://";
    const bool has_scheme = boost::beast::iequals(
        {target.data(), std::min(target.size(), scheme.size())}, {scheme.data(), scheme.size()});
    if (!has_scheme) return std::nullopt;
    target.remove_prefix(scheme.size());
    const auto end = std::min(target.find_first_of("/?"), target.size());
    const auto path = target.substr(end);
    return Target{target.substr(0, end), path.starts_with('/') ? path : "/"};
}

// "example.org:80", "[::1]:80" without port and brackets.
std::string_view without_port(std::string_view authority) {
    if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
    return authority.substr(0, authority.find(':'));
}

std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

struct RequestReader::Parser {
    beast::request_parser<beast::string_body> request;
    Parser() {
        request.header_limit(header_limit);
        request.body_limit(body_limit);
        request.eager(true);
    }
};

RequestReader::RequestReader() : parser_(std::make_unique<Parser>()) {}
RequestReader::~RequestReader() = default;

void RequestReader::feed(std::string_view octets) {
    if (!refusal_) waiting_ += octets;
}

std::optional<Request> RequestReader::next() {
    auto refuse = [&](unsigned status, std::string_view why) {
        waiting_.clear();
        refusal_ = Response{.status = status, .body = fmt::format("{}\n", why), .allow = {}};
        return std::nullopt;
    };
    auto& parser = parser_->request;
    while (!refusal_ && !waiting_.empty() && !parser.is_done()) {
        boost::beast::error_code error;
        auto taken = parser.put(boost::asio::buffer(waiting_), error);
        waiting_.erase(0, taken);
        if (error == beast::error::need_more) break;
        if (error == beast::error::header_limit) return refuse(431, "the header is too large");
        if (error == beast::error::body_limit) return refuse(413, "the body is too large");
        if (error) return refuse(400, "this is no HTTP request");
        if (taken == 0) break;
    }
    if (refusal_ || !parser.is_done()) return std::nullopt;
    const auto& got = parser.get();
    // RFC 9112 3.2: a request of HTTP/1.1 without Host, or with two, is 400.
    if (got.version() == 11 && got.count(beast::field::host) != 1)
        return refuse(400, "one Host is required");
    Request request;
    request.method = view(got.method_string());
    Target target{view(got[beast::field::host]), view(got.target())};
    if (const auto absolute = absolute_form(target.path)) target = *absolute;
    request.host = without_port(target.authority);
    const auto question = std::min(target.path.find('?'), target.path.size());
    request.path = target.path.substr(0, question);
    request.query = target.path.substr(std::min(question + 1, target.path.size()));
    request.keep_alive = got.keep_alive();
    request.deliberate = got.count("X-Mailhold") > 0;
    parser_ = std::make_unique<Parser>();
    return request;
}

}  // namespace mailhold::http
