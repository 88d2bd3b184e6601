"""The HTTP doors of cases, a router per subject."""

from fastapi import APIRouter

from services.cases.api import cases, results, sending, tasks

router = APIRouter()
router.include_router(cases.router)
router.include_router(sending.router)
router.include_router(results.router)
router.include_router(tasks.router)

__all__ = ["router"]
