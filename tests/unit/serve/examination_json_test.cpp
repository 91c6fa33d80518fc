#include "serve/examination_json.hpp"

#include <catch2/catch.hpp>

using namespace tunnelkeyd;
using result = core::check_line::result;

TEST_CASE("an examination is one line of JSON, with a result in words for each check") {
    const core::examination found{"jira",
                                  {{"store", result::passed, "takes durable writes", ""},
                                   {"api_key", result::failed, "the cloud refuses it", "make a new one"}}};
    CHECK(serve::examination_json(found) ==
          R"({"tunnel":"jira","passed":false,"checks":[)"
          R"({"check":"store","result":"passed","found":"takes durable writes","remedy":""},)"
          R"({"check":"api_key","result":"failed","found":"the cloud refuses it","remedy":"make a new one"}]})"
          "\n");
}

TEST_CASE("bytes from a peer that are no UTF-8 do not break an examination's JSON") {
    const core::examination found{"jira", {{"credentials", result::warning, "logs in as \xff", ""}}};
    CHECK(serve::examination_json(found).find("logs in as \xef\xbf\xbd\"") != std::string::npos);
    CHECK(serve::examination_json(found).find(R"("passed":true)") != std::string::npos);
}
