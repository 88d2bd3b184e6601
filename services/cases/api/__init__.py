"""The HTTP doors of cases, a router per subject."""

from fastapi import APIRouter

from services.cases.api import (
    assigning,
    bounced,
    bulk,
    cases,
    contact,
    decisions,
    inzage,
    life,
    previews,
    reminders,
    results,
    retention,
    search,
    sending,
    tasks,
    teams,
    work_list,
)

router = APIRouter()
router.include_router(work_list.router)
router.include_router(bulk.router)
router.include_router(cases.router)
router.include_router(life.router)
router.include_router(decisions.router)
router.include_router(contact.router)
router.include_router(reminders.router)
router.include_router(sending.router)
router.include_router(assigning.router)
router.include_router(search.router)
router.include_router(results.router)
router.include_router(tasks.router)
router.include_router(retention.router)
router.include_router(bounced.router)
router.include_router(teams.router)
router.include_router(previews.router)
router.include_router(inzage.router)

__all__ = ["router"]
