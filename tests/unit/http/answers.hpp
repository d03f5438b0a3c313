// What a request is answered with, waited for.
#pragma once

#include <future>
#include <memory>

#include "api/http/routes.hpp"

namespace mailhold::http {

inline Response answer_of(const Request& request, const Service& service) {
    const auto answered = std::make_shared<std::promise<Response>>();
    answer(request, service, {},
           [answered](Response response) { answered->set_value(std::move(response)); });
    return answered->get_future().get();
}

}  // namespace mailhold::http
