// HTTP/1.1 as far as a status page needs it (RFC 9110, RFC 9112): octets to a request, a response
// to octets. No I/O; Beast's parser stays in message.cpp.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mailhold::http {

struct Request {
    std::string method;  // "GET"
    std::string path;    // without the query
    bool keep_alive = true;
    std::string host;        // whom it is meant for, without the port; empty if it does not say
    std::string query = {};  // behind the "?", as sent
    // Has the field X-Mailhold. No web page can send it here through a browser, which would ask first (CORS) and be
    // refused.
    bool deliberate = false;
};

struct Response {
    unsigned status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::string body;
    std::string allow;  // the methods that would do, for 405
};

enum class Body { sent, left_out /* HEAD */ };
std::string to_octets(const Response& response, Body body, bool keep_alive);

// Cuts a connection's octets into requests. After a refusal it yields nothing more: answer that and
// close.
class RequestReader {
  public:
    static constexpr std::size_t header_limit = 8 * 1024;
    static constexpr std::size_t body_limit =
        64 * 1024;  // bodies are read past, none has a meaning here

    RequestReader();
    ~RequestReader();
    void feed(std::string_view octets);
    // The next whole request, or nothing yet.
    std::optional<Request> next();
    const std::optional<Response>& refusal() const { return refusal_; }

  private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
    std::string waiting_;  // octets not yet taken by the parser
    std::optional<Response> refusal_;
};

}  // namespace mailhold::http
