#pragma once

#include "core/overview.hpp"
#include "serve/answer.hpp"
#include "serve/routes.hpp"

/// Private to the servers.
namespace tunnelkeyd::serve {

class metrics_registry;

/// A page that shows what is going on. On any thread.
answer make_page(const route& asked, const core::overview& seen, const metrics_registry& metrics);

}  // namespace tunnelkeyd::serve
