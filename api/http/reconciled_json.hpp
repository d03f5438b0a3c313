// The report of a comparison as JSON: one spelling for the status and for `mailhold reconcile`.
#pragma once

#include <boost/json/object.hpp>

#include "store/facts.hpp"

namespace mailhold::http {

boost::json::object to_object(const store::Reconciled& report);

}  // namespace mailhold::http
