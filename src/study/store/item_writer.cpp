// Items, their ratings and facts, as the rows of a project.
#include "study/import/text.h"
#include "study/store/import.h"

namespace kerasan::study {

ItemWriter::ItemWriter(const Project& project, EventId event)
    : project_(project),
      event_(event),
      insert_(project.database().prepare("INSERT OR IGNORE INTO item(event, given, key, title, "
                                         "url, labels, body, created, closed) "
                                         "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)")),
      rate_(project.database().prepare("INSERT INTO later VALUES(?, ?, ?, ?, ?)")),
      fact_(project.database().prepare("INSERT INTO fact VALUES(?, ?, ?, ?)")) {}

bool ItemWriter::add(const Item& item, const GivenRatings& given, std::int64_t& id,
                     DataFindings& findings, const std::string& file, long row) {
  const std::int64_t before = project_.database().changes();
  insert_.bind(1, event_).lend(2, given.json());
  int place = 2;
  for (const std::string* text :
       {&item.key, &item.title, &item.url, &item.labels, &item.body, &item.created, &item.closed}) {
    insert_.lend(++place, *text);
  }
  insert_.run();
  if (project_.database().changes() > before) {
    id = project_.database().last_row();
    return true;
  }
  const auto known = project_.find(item.key);
  id = known->id;
  if (known->title != item.title || known->url != item.url || known->labels != item.labels) {
    findings.push_back(
        {"item-differs", file, "", row, "",
         "\"" + shortened(item.key) + "\" is there with other content, which stays"});
  }
  return false;
}

void ItemWriter::rate(std::int64_t item, std::int64_t stage, std::int64_t rater,
                      std::string_view value) {
  rate_.with(item, stage, rater, event_, value).run();
}

void ItemWriter::fact(std::int64_t item, std::string_view field, std::string_view value) {
  fact_.with(item, field, event_, value).run();
}

}  // namespace kerasan::study
